package main

// compareHelp is moonwire help compare.
const compareHelp = `moonwire compare judges what stands between two places of a path, from capture files of both.

  ` + compareForm + `
                   [--json] [--expect VERDICT]

It needs no root and no network, runs on every system, and reads pcap and pcapng, gzipped or not.

  guest=G.pcapng   what was captured at the guest; host=H.pcapng what was captured behind the NAT. Other names will do
                   and there may be more than two: NAME=FILE, nearest to the guest first
  server=IP:PORT   whose connections to judge, [IPv6]:PORT too; an address alone means all of its ports. Without it,
                   the one server that every file has a connection to is taken, and the report says which
  clock=one        says that one clock stamped all files (see below); the report repeats it
  --json           one object: path, keepalive, connections, evidence, and every segment
  --expect WORD    exit with 1 unless this is the verdict, of the path or of the keepalives: the word tells which

For example, with the two files of the article:

  moonwire compare guest=guest.pcap host=host.pcapng server=192.168.11.2:57212

The report says who ends the guest's TCP:

  handshake-on-syn-proxy  a proxy, which dials the server on the guest's SYN alone
  accept-first-proxy      a proxy, which dials once the guest's handshake is complete
  syn-proxy               a firewall that answers the handshake itself; later packets pass
  packet-nat              a NAT that rewrites addresses, and perhaps numbers; the guest's own packets arrive
  routed                  nothing: the guest's own packets arrive
  inconclusive            the files do not tell; the report says what is possible (dropped: nothing of the guest's
                          arrives) and what to try next

Order says when a handshake-on-syn-proxy answers the guest: connect-first when it knows the server's answer, both when
it asks and answers at once; a SYN to a closed port in the same capture tells, otherwise it is undecided.

and, if the files hold keepalive probes, who answers those: forwarded, answered-by-middlebox, swallowed, unanswered or
inconclusive. Segments are numbered at each tap, from 1, counting the server's alone.

How to make the two files, with a guest in a virtual machine on Windows:

  1. Set the clocks of both: w32tm /resync on Windows, chronyc makestep (or timedatectl) in a Linux guest.
  2. On the host, capture on the real network interface (Ethernet or Wi-Fi, not one that the virtual machine program
     made) with the capture filter "host 192.168.11.2 and tcp port 57212": in Wireshark, or
       dumpcap -i Ethernet -f "host 192.168.11.2 and tcp port 57212" -w host.pcapng
  3. In the guest, capture likewise in Wireshark, or
       sudo tcpdump -i eth0 -s 0 -w guest.pcap host 192.168.11.2 and tcp port 57212
  4. Start both captures BEFORE the connection: its first packets tell the most.
  5. In the guest, open one connection that sends and gets something: curl http://192.168.11.2:57212/, or by hand
       sudo moonwire run handshake complete=on dst=192.168.11.2 dport=57212
     (there it sees one side and says inconclusive; the two files tell the rest). For keepalives keep a connection
     idle: curl --keepalive-time 5, or sudo moonwire run keepalive dst=192.168.11.2 dport=57212
  6. Wait a few seconds, stop both captures, and bring the files together.

Nothing needs to be turned off, no checksum or segmentation offload either. While the captures run, talk to that server
from the guest alone if you can. A capture without packets is accepted, but what a tap does not show proves little.

What clock=one means: one clock stamped all files, so that times in them can be compared. It is true when one machine
captured them, such as a host on both sides of its NAT, or in the containers and network namespaces that run on it. A
virtual machine has a clock of its own, and so has every other machine, however well they are set: leave clock=one out
there, or a wrong verdict may follow. Payload lets moonwire find out by itself by how much the clocks can differ, if 16
bytes or more pass each way (curl does that) and the clocks are less than 5 s apart. A lone SYN does not: it needs one
clock, or clock=one if you know that the clocks differ by less than the server takes to answer.

Exit status: 0 a verdict on the path or on the keepalives, or the expected one; 1 another verdict than the expected one;
2 wrong usage: files that cannot be read, do not belong together or are given in the wrong order, no or several servers;
4 both inconclusive, or inconclusive where a verdict was expected (inconclusive itself can be expected, of the path);
130 interrupted.
`
