"""HTTP: parse, one service call, render. `routing` says how a route is written."""
