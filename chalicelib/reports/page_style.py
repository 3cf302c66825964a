"""The published page's own style: system fonts, one column, tables that scroll by themselves on a phone, and a sober print."""

STYLE = """
:root{color-scheme:light}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;color:#0b0c0c;background:#fff;font:1.0625rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.wide{max-width:68rem;margin:0 auto;padding-left:1rem;padding-right:1rem}
.skip{position:absolute;left:-999rem;padding:.5rem 1rem;background:#fd0;color:#0b0c0c}
.skip:focus{left:0;top:0;z-index:1}
a{color:#1d70b8;text-underline-offset:.15em}
a:hover{color:#003078;text-decoration-thickness:.15em}
a:focus,.scroll:focus{outline:3px solid #0b0c0c;outline-offset:2px;box-shadow:0 0 0 6px #fd0}
header{background:#0b0c0c;color:#fff;border-bottom:.5rem solid #1d70b8}
header p{margin:0;padding:.75rem 0;font-weight:700;font-size:1.1875rem}
main{padding-top:1.5rem;padding-bottom:2rem}
h1{margin:.5rem 0 1rem;font-size:clamp(1.75rem,1.3rem + 2vw,2.75rem);line-height:1.15}
h2{margin:2.5rem 0 .75rem;font-size:1.5rem;line-height:1.25}
p,ul,dl,figcaption{margin:0 0 1rem;max-width:44rem}
.lead{font-size:1.25rem;line-height:1.4}
.notice{max-width:none;margin:1.25rem 0;padding:.75rem 1rem;border-left:.5rem solid #1d70b8;background:#f3f2f1}
.notice p{margin:0}
.headline{display:grid;grid-template-columns:repeat(auto-fit,minmax(18rem,1fr));gap:0 2rem;max-width:none;border-top:2px solid #0b0c0c}
.headline div{padding:.75rem 0;border-bottom:1px solid #b1b4b6}
.headline dt{font-weight:700}
.headline dd{margin:0}
.headline .figure{font-size:1.5rem;font-weight:700;line-height:1.3;font-variant-numeric:tabular-nums}
.headline .figure small{display:block;font-size:1.0625rem;font-weight:400}
.scroll{overflow-x:auto;margin:0 0 1.5rem;
background:linear-gradient(to right,#fff 2rem,transparent) 0 0/4rem 100% no-repeat local,
linear-gradient(to left,#fff 2rem,transparent) 100% 0/4rem 100% no-repeat local,
linear-gradient(to left,#b1b4b6,transparent) 100% 0/.75rem 100% no-repeat scroll}
table{border-collapse:separate;border-spacing:0;width:100%;font-size:1rem;line-height:1.35}
caption{text-align:left;font-weight:700;padding:0 0 .5rem}
th,td{padding:.6rem 1rem .6rem 0;border-bottom:1px solid #b1b4b6;text-align:left;vertical-align:top}
th:last-child,td:last-child{padding-right:0}
thead th{vertical-align:bottom;border-bottom:2px solid #0b0c0c}
tbody th{font-weight:400;min-width:11rem}
tbody th,tfoot th,thead th:first-child{position:sticky;left:0;background:#fff}
thead .money{white-space:normal}
tbody th.short{min-width:5.5rem}
td.year{min-width:5rem}
tbody .group th{font-weight:700;padding-top:1.1rem}
tbody .sum th,tbody .sum td{font-weight:700}
tfoot th,tfoot td{font-weight:700;border-top:1px solid #0b0c0c}
.money{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.money small{display:block;font-size:.9em}
td.words{min-width:12rem;overflow-wrap:anywhere}
figure{margin:0 0 1.5rem}
svg{display:block;overflow:visible;max-width:44rem;font:inherit;fill:#0b0c0c}
svg .fund{font-weight:700}
svg .axis{stroke:#0b0c0c;stroke-width:2}
svg .awarded{fill:#fff;stroke:#0b0c0c;stroke-width:2}
svg .pending{fill:url(#hatched);stroke:#1d70b8;stroke-width:2}
svg .spent{fill:#1d70b8;stroke:#1d70b8;stroke-width:2}
.meanings dt{font-weight:700}
.meanings dd{margin:0 0 .75rem}
.files li{margin-bottom:.5rem}
.stamp{border-top:1px solid #b1b4b6;padding:1rem 0 2rem;font-size:1rem}
@media (max-width:30rem){.lead{font-size:1.125rem}h2{font-size:1.3125rem}th,td{padding-right:.75rem}tbody th{min-width:9rem}}
@media print{
body{font-size:10pt}
header{background:none;color:#000;border-bottom:2pt solid #000}
.skip{display:none}
a{color:#000}
.scroll{overflow:visible;background:none}
table{font-size:7.5pt}
tbody th,tbody th.short,td.words,td.year{min-width:0}
th,td{padding:3pt 5pt 3pt 0}
tr,.headline div,figure,.scroll{break-inside:avoid}
th{position:static!important}
h2,caption{break-after:avoid}
thead{display:table-header-group}
tfoot{display:table-row-group}
svg .awarded,svg .pending,svg .spent{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
""".strip()
