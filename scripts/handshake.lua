--- One SYN, seen from both sides: who completes the handshake?
-- @question Does the box in the middle pass the guest's SYN on, or does it end the guest's TCP and dial the server itself?
-- @usage moonwire run handshake --lab
-- @args dst:address the server's address (the lab knows its own)
-- @args dport:port=57212 the server's TCP port
-- @args guard:switch=off keep the guest's own TCP from resetting the SYN/ACK
-- @args complete:switch=off complete the guest's handshake too (turns the guard on)
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
--    0.000 ms │─ 1 SYN ISN 0 ─────────────────▶│                                │
--    0.100 ms │                                │─ 1 SYN ISN 73020769 ──────────▶│
--   10.100 ms │                                │◀──── 2 SYN/ACK ISN 2680316391 ─│
--   10.100 ms │                                │─ 3 ACK ───────────────────────▶│
--   10.200 ms │◀──── 2 SYN/ACK ISN 2435759805 ─│                                │
--   10.200 ms │─ 3 RST ───────────────────────▶│                                │
--   10.300 ms │                                │─ 4 FIN/ACK ───────────────────▶│
--   20.300 ms │                                │◀─────────────────────── 5 ACK ─│
--   20.300 ms │                                │◀─────────────────── 6 FIN/ACK ─│
--   20.300 ms │                                │─ 7 ACK ───────────────────────▶│
--
--   1. the guest sent one SYN (ISN 0), then RST, and no ACK; tap host shows SYN
--      (ISN 73020769), SYN/ACK, ACK: the handshake upstream is not the guest's
--      [guest 1; host 1-3]
--   2. the SYN/ACK that the guest got (ISN 2435759805) is not the server's (ISN
--      2680316391) [guest 2; host 2]
--   3. the connection upstream was ended with FIN/ACK 200 µs after its handshake
--      [host 4]
--   4. segments: 0 forwarded, 3 absorbed (only at tap guest), 7 originated (only
--      at tap host)
--
--   Next: send a SYN to a closed port of the same server: RST means that the proxy
--         dials first, SYN/ACK that it answers regardless

local cap = capture() -- every tap, before the first packet leaves
local guarded = args.guard or args.complete
local release = guarded and guard(20)

-- The whole experiment is this line: one SYN, with scapy's defaults (source port 20, sequence number 0).
local answer = sr1(IP{dst=args.dst}/TCP{dport=args.dport, flags="S"}, {guard=guarded})

local tcp = answer and answer[TCP]
if args.complete and tcp and tcp:flag("S") and tcp:flag("A") then
  send(IP{dst=args.dst}/TCP{dport=args.dport, flags="A", seq=1, ack=u32(tcp.seq + 1)})
end

sleep(1) -- what follows belongs to the picture: the guest's RST, the end upstream
if guarded then -- nobody else ends what was begun here, and the next SYN from these ports would meet it
  cap:stop()
  send(IP{dst=args.dst}/TCP{dport=args.dport, flags="R", seq=1})
  release()
end
return judge.path(cap, {dst=args.dst, dport=args.dport})
