--- Keepalives, counted on both sides: who answers, and for how long after the path is cut?
-- @question Does the server answer the keepalives, or a box in the middle in its name? Would a dead path be noticed?
-- @usage moonwire run keepalive --lab
-- @args dst:address the server's address (the lab knows its own)
-- @args dport:port=57212 a TCP port that echoes
-- @args probes:count=5 hand-made probes before the cut, and after it
-- @needs a tap on each side of the box: guest and host
-- @verdicts answered-by-middlebox forwarded swallowed unanswered inconclusive
-- @output
-- keepalive  lab:vmnat · virtual time · guard on
--
--   Verdict: answered-by-middlebox
--   The guest's keepalive probes are answered on the way and reach nobody: the
--   connection looks alive whatever became of the server.
--
--           guest                          middlebox                        server
--             │           tap guest            │            tap host            │
--    0.000 ms │─ 1a SYN ISN 26127391 ─────────▶│                                │
--    0.100 ms │                                │─ 1a SYN ISN 73020769 ─────────▶│
--   10.100 ms │                                │◀─── 2a SYN/ACK ISN 2680316391 ─│
--   10.100 ms │                                │─ 3a ACK ──────────────────────▶│
--   10.200 ms │◀─── 2a SYN/ACK ISN 4041094735 ─│                                │
--   10.200 ms │─ 3a ACK ──────────────────────▶│                                │
--   10.200 ms │─ 4a PSH/ACK 8 bytes ──────────▶│                                │
--   10.300 ms │                                │─ 4a PSH/ACK 8 bytes ──────────▶│
--   10.400 ms │◀────────────────────── 5a ACK ─│                                │
--   20.300 ms │                                │◀────────────────────── 5a ACK ─│
--   20.300 ms │                                │◀────────── 6a PSH/ACK 8 bytes ─│
--   20.300 ms │                                │─ 7a ACK ──────────────────────▶│
--   20.400 ms │◀────────── 6a PSH/ACK 8 bytes ─│                                │
--   20.400 ms │─ 7a ACK ──────────────────────▶│                                │
--    5.020 s  │─ 8a ACK keepalive probe ──────▶│                                │
--    5.021 s  │◀──── 9a ACK answers the probe ─│                                │
--   10.021 s  │─ 10a ACK keepalive probe ─────▶│                                │
--   10.021 s  │◀─── 11a ACK answers the probe ─│                                │
--   12.020 s  │─ 12b SYN ISN 2689460304 ──────▶│                                │
--   12.021 s  │                                │─ 8b SYN ISN 672143005 ────────▶│
--   12.030 s  │                                │◀─── 9b SYN/ACK ISN 4028795476 ─│
--   12.030 s  │                                │─ 10b ACK ─────────────────────▶│
--   12.031 s  │◀── 13b SYN/ACK ISN 1478740491 ─│                                │
--   12.031 s  │─ 14b ACK ─────────────────────▶│                                │
--   12.031 s  │─ 15b PSH/ACK 6 bytes ─────────▶│                                │
--   12.031 s  │                                │─ 11b PSH/ACK 6 bytes ─────────▶│
--   12.031 s  │◀───────────────────── 16b ACK ─│                                │
--   12.041 s  │                                │◀───────────────────── 12b ACK ─│
--   12.041 s  │                                │◀───────── 13b PSH/ACK 6 bytes ─│
--   12.041 s  │                                │─ 14b ACK ─────────────────────▶│
--   12.041 s  │◀───────── 17b PSH/ACK 6 bytes ─│                                │
--   12.111 s  │─ 18b ACK ─────────────────────▶│                                │
--   12.111 s  │─ 19b ACK keepalive probe ─────▶│                                │
--   12.111 s  │◀─── 20b ACK answers the probe ─│                                │
--   12.811 s  │─ 21b ACK keepalive probe ─────▶│                                │
--   12.812 s  │◀─── 22b ACK answers the probe ─│                                │
--   13.512 s  │─ 23b ACK keepalive probe ─────▶│                                │
--   13.512 s  │◀─── 24b ACK answers the probe ─│                                │
--   14.212 s  │─ 25b ACK keepalive probe ─────▶│                                │
--   14.212 s  │◀─── 26b ACK answers the probe ─│                                │
--   14.912 s  │─ 27b ACK keepalive probe ─────▶│                                │
--   14.912 s  │◀─── 28b ACK answers the probe ─│                                │
--   15.021 s  │─ 29a ACK keepalive probe ─────▶│                                │
--   15.021 s  │◀─── 30a ACK answers the probe ─│                                │
--   15.612 s  │─ 31b PSH/ACK 5 bytes ─────────▶│                                │
--   15.612 s  │                                │─ 15b PSH/ACK 5 bytes ─────────▶│
--   15.612 s  │◀───────────────────── 32b ACK ─│                                │
--   15.622 s  │                                │◀───────────────────── 16b ACK ─│
--   15.622 s  │                                │◀───────── 17b PSH/ACK 5 bytes ─│
--   15.622 s  │                                │─ 18b ACK ─────────────────────▶│
--   15.622 s  │◀───────── 33b PSH/ACK 5 bytes ─│                                │
--   15.693 s  │─ 34b ACK ─────────────────────▶│                                │
--   15.693 s  ━━━━━━━━━━━━━━━━━━━━━━━━━━━ cut server ━━━━━━━━━━━━━━━━━━━━━━━━━━━━
--   20.021 s  │─ 35a ACK keepalive probe ─────▶│                                │
--   20.021 s  │◀─── 36a ACK answers the probe ─│                                │
--   25.021 s  │─ 37a ACK keepalive probe ─────▶│                                │
--   25.021 s  │◀─── 38a ACK answers the probe ─│                                │
--   27.693 s  │─ 39b ACK keepalive probe ─────▶│                                │
--   27.693 s  │◀─── 40b ACK answers the probe ─│                                │
--   28.393 s  │─ 41b ACK keepalive probe ─────▶│                                │
--   28.393 s  │◀─── 42b ACK answers the probe ─│                                │
--   29.093 s  │─ 43b ACK keepalive probe ─────▶│                                │
--   29.093 s  │◀─── 44b ACK answers the probe ─│                                │
--   29.793 s  │─ 45b ACK keepalive probe ─────▶│                                │
--   29.794 s  │◀─── 46b ACK answers the probe ─│                                │
--   30.021 s  │─ 47a ACK keepalive probe ─────▶│                                │
--   30.022 s  │◀─── 48a ACK answers the probe ─│                                │
--   30.494 s  │─ 49b ACK keepalive probe ─────▶│                                │
--   30.494 s  │◀─── 50b ACK answers the probe ─│                                │
--   31.194 s  │─ 51b PSH/ACK 8 bytes ─────────▶│                                │
--   31.194 s  │                                │─ 19b PSH/ACK 8 bytes ─────────▶│
--   31.194 s  │◀───────────────────── 52b ACK ─│                                │
--   31.274 s  │─ 53b ACK ─────────────────────▶│                                │
--   31.414 s  │                                │─ 20b PSH/ACK 8 bytes ─────────▶│
--   31.614 s  │                                │─ 21b PSH/ACK 8 bytes ─────────▶│
--   32.014 s  │                                │─ 22b PSH/ACK 8 bytes ─────────▶│
--   32.814 s  │                                │─ 23b PSH/ACK 8 bytes ─────────▶│
--   33.274 s  │─ 54a FIN/ACK ─────────────────▶│                                │
--   33.275 s  │                                │─ 24a FIN/ACK ─────────────────▶│
--   33.275 s  │◀───────────────────── 55a ACK ─│                                │
--   33.495 s  │                                │─ 25a FIN/ACK ─────────────────▶│
--   33.694 s  │                                │─ 26a FIN/ACK ─────────────────▶│
--   34.094 s  │                                │─ 27a FIN/ACK ─────────────────▶│
--
--   Connections: a from 10.0.2.100:41799, b from 10.0.2.100:64188 at tap guest, a
--                from 192.168.10.1:52977, b from 192.168.10.1:38683 at tap host
--
--   1. the guest sent 16 keepalive probes: all answered, none seen at tap host
--      [guest 8-11, 19-30, 35-50]
--   2. 16 of them passed while tap host showed this connection, before and after,
--      and none is there [guest 8, 10, 19, 21, 23, 25, 27, 29, 35, 37, 39, 41, 43,
--      45, 47, 49; host 7, 24]
--   3. after the cut at 15.7 s the guest sent 8 keepalive probes: all answered,
--      none seen at tap host: false alive, the connection looks well whatever
--      became of the server [guest 35-50]

local IDLE = 12 -- seconds: long enough for two keepalives of the kernel connection
local GAP = 0.7 -- seconds between probes: stacks answer such segments at most twice a second

local cap = capture()

-- The hand-made connection. Port and number are drawn, so that nobody else's segment has them by chance: the port above
-- those that kernels pick. The guest's TCP knows nothing of it.
local sport = freeport()
local nxt, ack, rtt = math.random(0, 2^32 - 1), 0 -- SND.NXT, which begins at the ISN, and RCV.NXT
local release = guard(sport)

local function segment(flags, seq)
  return IP{dst=args.dst}/TCP{sport=sport, dport=args.dport, flags=flags, seq=seq or nxt, ack=ack}
end

local function echo(text)
  local answers = sr(segment("PA")/text, {multi=true, timeout=3*rtt + 0.05})
  nxt = u32(nxt + #text)
  for _, a in ipairs(answers) do
    if a.answer[Raw] then ack = u32(a.answer[TCP].seq + #a.answer[Raw].load) end
  end
  send(segment("A"))
end

local function probe(n)
  for _ = 1, n do
    sr1(segment("A", u32(nxt - 1)), {timeout=GAP}) -- no data, one below SND.NXT: RFC 9293, section 3.8.4
    sleep(GAP)
  end
end

-- 1. A real connection of the guest's own stack, idle: the article's first observation.
local conn = dial{dst=args.dst, dport=args.dport, keepalive={idle=5, interval=1, count=50}}
if not conn then return judge.keepalive(cap, {dst=args.dst, dport=args.dport}) end
conn:send("one echo")
conn:recv()
sleep(IDLE)

-- 2. The same by hand: handshake, an echo, probes one by one, an echo. What the far tap does not show between the two
--    echoes did not pass it.
local hello = sr(segment("S"))[1]
local tcp = hello and hello.answer[TCP]
local open = tcp and tcp:flag("S") and tcp:flag("A")
nxt = u32(nxt + 1)
if open then
  ack, rtt = u32(tcp.seq + 1), hello.rtt
  send(segment("A"))
  echo("before")
  probe(args.probes)
  echo("after")
end

-- 3. Cut the path where neither tap nor guest can see it, and ask again. Then data: who takes it, and sends it on to nobody?
if open and path then
  path.cut("server")
  sleep(IDLE)
  probe(args.probes)
  echo("too late")
  sleep(2)
end

-- 4. End both connections, and let NAT and server forget them, so that this can be run again at once.
conn:close()
sleep(1) -- how the end travels belongs to the picture
cap:stop()
if path then
  path.mend("server")
  sleep(5) -- until what was lost has been sent again
end
send(segment("R"))
sleep(0.5)
release()
return judge.keepalive(cap, {dst=args.dst, dport=args.dport})
