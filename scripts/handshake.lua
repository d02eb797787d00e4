--- One SYN, seen from both sides: who completes the handshake?
-- @question Does the box in the middle pass the guest's SYN on, or does it end the guest's TCP and dial the server itself?
-- @usage moonwire run handshake --lab
-- @args dst:address the server's address (the lab knows its own)
-- @args dport:port=57212 the server's TCP port
-- @args guard:switch=off keep the guest's own TCP from resetting the SYN/ACK
-- @args complete:switch=off complete the guest's handshake too, and send a line (turns the guard on)
-- @needs a tap on each side of the box: guest and host
-- @verdicts handshake-on-syn-proxy packet-nat routed accept-first-proxy syn-proxy inconclusive
-- @output
-- handshake  lab:vmnat · virtual time · guard off
--
--   Verdict: handshake-on-syn-proxy (order: undecided)
--   Something in between ends the guest's TCP and opens a connection of its own to
--   the server on the guest's SYN alone.
--
--           guest                          middlebox                        server
--             │           tap guest            │            tap host            │
--    0.000 ms │─ 1 SYN ISN 2689460304 ────────▶│                                │
--    0.100 ms │                                │─ 1 SYN ISN 73020769 ──────────▶│
--   10.100 ms │                                │◀──── 2 SYN/ACK ISN 2680316391 ─│
--   10.100 ms │                                │─ 3 ACK ───────────────────────▶│
--   10.200 ms │◀──── 2 SYN/ACK ISN 1290921741 ─│                                │
--   10.200 ms │─ 3 RST ───────────────────────▶│                                │
--   10.300 ms │                                │─ 4 FIN/ACK ───────────────────▶│
--   20.300 ms │                                │◀─────────────────────── 5 ACK ─│
--   20.300 ms │                                │◀─────────────────── 6 FIN/ACK ─│
--   20.300 ms │                                │─ 7 ACK ───────────────────────▶│
--
--   1. the guest sent 1 SYN (ISN 2689460304), which SYN/ACK (ISN 1290921741)
--      answered [guest 1-2]
--   2. tap host shows a complete handshake, SYN (ISN 73020769), SYN/ACK, ACK,
--      which the guest's side does not [host 1-3]
--   3. tap guest shows no ACK of the guest's [guest 1]
--   4. the SYN upstream has an ISN of its own, 73020769; the guest's is
--      2689460304: not syn-proxy, not packet-nat, not routed [guest 1; host 1]
--   5. the SYN upstream passed before the guest had its SYN/ACK: not
--      accept-first-proxy [host 1; guest 2]
--   6. the server's SYN/ACK was acknowledged upstream before the guest had one:
--      not packet-nat that renumbers [host 3; guest 2]
--   7. the connection upstream is the guest's: the only one that could be, begun
--      after the guest's SYN and answered before the guest was [guest 1-2; host
--      1-2]
--   8. the connection upstream was ended with FIN/ACK 200 µs after its handshake
--      [host 4]
--   9. segments of this connection: 0 at both taps, 5 that came to the box and
--      went no further, 5 that it sent itself [guest 1; host 1]
--   10. clocks: one clock stamped both taps
--
--   Next: in one capture with this, send a SYN to a closed port of the same
--         server: a refusal means that the proxy dials first, SYN/ACK that it
--         answers regardless

local cap = capture() -- every tap, before the first packet leaves

-- Port and number are drawn, so that nobody else's segment has them by chance: the port above those that kernels pick.
local sport = freeport()
local nxt, ack = math.random(0, 2^32 - 1), 0 -- SND.NXT, which begins at the ISN, and RCV.NXT

local guarded = args.guard or args.complete
local release = guarded and guard(sport)

-- The whole experiment is this line: one SYN.
local answer = sr1(IP{dst=args.dst}/TCP{sport=sport, dport=args.dport, flags="S", seq=nxt}, {guard=guarded})
nxt = u32(nxt + 1) -- a SYN takes a number

local function segment(flags) -- what follows it
  return IP{dst=args.dst}/TCP{sport=sport, dport=args.dport, flags=flags, seq=nxt, ack=ack}
end

local tcp = answer and answer[TCP]
if args.complete and tcp and tcp:flag("S") and tcp:flag("A") then
  ack = u32(tcp.seq + 1)
  sleep(0.5) -- a box that dials on the SYN has dialled by now, one that waits for the ACK has not
  send(segment("A"))
  local line = "moonwire asks who is there\r\n" -- sent and echoed, it shows which connection upstream is this one
  local answers = sr(segment("PA")/line, {multi=true, timeout=0.1})
  nxt = u32(nxt + #line)
  for _, a in ipairs(answers) do
    if a.answer[Raw] then ack = u32(a.answer[TCP].seq + #a.answer[Raw].load) end
  end
  send(segment("A"))
end

sleep(1) -- what follows belongs to the picture: the guest's RST, the end upstream
cap:stop()
if release then -- no kernel has reset what was begun here: let NAT and server forget it, so that this can be run again at once
  send(segment("R"))
  sleep(0.5)
  release()
end
return judge.path(cap, {dst=args.dst, dport=args.dport})
