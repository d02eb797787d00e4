// Package grid lays texts out in rows and columns: as the grids that scapy's make_table prints (Grid), as the beginning and the end of
// long lists (Elide), as cells of CSV (Quote). Rank orders what stands on their axes. It knows nothing of packets, nor of Lua.
package grid
