--- A protocol of your own: declare it, send it, and have its answer found.
-- @question How does a protocol that nobody built in become a layer like IP and TCP?
-- @usage moonwire run protocol --lab
-- @args dst:address a host with a UDP echo service (the lab knows its own)
-- @args dport:port=57212 the port of that service
-- @needs a host that sends UDP datagrams back
-- @output
-- version    : number (4 bits)            = (1)
-- op         : number or name (4 bits)    = (ask)
-- flags      : flags (8 bits)             = ()           urgent, registered
-- len        : number (16 bits)           = (computed)   length of header and payload in bytes
-- chksum     : number (16 bits)           = (computed)   checksum of header and payload
-- id         : number (16 bits)           = (0)          which letter it is
-- fee        : number (16 bits)           = ()           what an urgent letter pays
-- stops      : number (8 bits)            = (computed)   number of elements in route
-- route      : list of values             = ({})
-- to         : text                       = ("")
-- 0000  11 01 00 24 BB D4 00 07 00 96 02 0A 00 00 01 0A  ...$............
-- 0010  00 00 02 41 64 61 00 44 65 61 72 20 41 64 61 2C  ...Ada.Dear Ada,
-- 0020  20 2E 2E 2E                                       ...
--
-- IP / UDP / Courier ask 7 to "Ada" / Raw
-- 4001	1	1	Ada
-- 4001	2	2	Ada
-- 4002	1	1	Ada
-- 4002	2	2	Ada
-- 4003	1	1	Ada
-- 4003	2	2	Ada
-- 6 answers, 0 letters without one

-- A row is a field: its name, its kind (number unless another is given), its width, and what fills it when nobody does.
protocol{
  name = "Courier",
  doc = "letters with stops on the way, an example",
  fields = {
    {"version", bits=4, default=1},
    {"op", bits=4, names={[1]="ask", [2]="tell"}, default="ask"},
    {"flags", bits=8, flags={"U", "R"}, doc="urgent, registered"},
    {"len", bits=16, computed="total", doc="length of header and payload in bytes"},
    {"chksum", bits=16, hex=true, computed="checksum"},
    {"id", bits=16, doc="which letter it is"},
    {"fee", bits=16, when={flags={mask=1}}, doc="what an urgent letter pays"},
    {"stops", bits=8, computed={what="count", of="route"}},
    {"route", "list", of="IPv4", length={field="stops", count=true}},
    {"to", "text", zero=true}, -- ends in a zero byte: what follows is payload
  },
  over = {{UDP, dport=args.dport}, {UDP, sport=args.dport, read=true}},
  answers = {same={"id"}},
  summary = "Courier %Courier.op% %Courier.id% to %Courier.to%",
}
ls(Courier)

-- It builds, with its lengths and sums computed, and it is dissected again.
local letter = Courier{id=7, flags="U", fee=150, route={"10.0.0.1", "10.0.0.2"}, to="Ada"}/"Dear Ada, ..."
print(letter:hexdump())
local wire = bytes(IP{dst=args.dst, src=args.dst}/UDP/letter)
print(dissect(wire):summary())

-- It stands for many, and each answer is found by its id.
local ans, unans = sr(IP{dst=args.dst}/UDP{sport=range(4001, 4003)}/Courier{id={1, 2}, to="Ada"})
for _, pair in ipairs(ans) do
  print(pair.answer[UDP].dport, pair.sent[Courier].id, pair.answer[Courier].id, pair.answer[Courier].to)
end
print(#ans .. " answers, " .. #unans .. " letters without one")
