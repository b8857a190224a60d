/** The styles of the page of a heap snapshot, in the colours of the other reports. */
export const HEAP_STYLE = `:root{color-scheme:light dark;--page:#f4f4f6;--card:#fff;--text:#1b1b1f;--quiet:#5a5a66;--line:#dcdce2;--bar:#f6cfa6}
@media (prefers-color-scheme:dark){:root{--page:#121215;--card:#1c1c20;--text:#ececf1;--quiet:#a9a9b6;--line:#34343c;--bar:#6b4a22}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.45 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;overflow-wrap:anywhere}
main{max-width:1200px;margin:0 auto;padding:20px clamp(10px,2.5vw,32px) 32px}
h1{font-size:22px;line-height:1.25;margin:0 0 8px}
h2{font-size:17px;line-height:1.3;margin:22px 0 8px}
p{color:var(--quiet);margin:0 0 14px;max-width:80ch}
table{width:100%;border-collapse:collapse;background:var(--card);border:1px solid var(--line)}
th,td{padding:5px 10px;text-align:right;vertical-align:top;border-bottom:1px solid var(--line);font-variant-numeric:tabular-nums;white-space:nowrap}
th{color:var(--quiet);font-weight:600}
th:last-child,td:last-child{text-align:left;white-space:normal;width:100%}
meter{display:block;width:110px;height:6px;margin-left:auto}
meter::-webkit-meter-bar{background:var(--line);border:0;border-radius:0}
meter::-webkit-meter-optimum-value{background:var(--bar)}
meter::-moz-meter-bar{background:var(--bar)}
summary{cursor:pointer}
ul{margin:6px 0;padding-left:20px}
li{margin:3px 0}
code{font:13px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
small{color:var(--quiet)}`;
