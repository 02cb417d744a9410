"""How the letter looks in print: typst source that reads its texts from `sys.inputs.letter` as JSON.

It never evaluates a text: every value is set as a string, so this file is the only markup there is.
"""

from __future__ import annotations

LAYOUT = r"""
#let d = json(bytes(sys.inputs.letter))
#let ink = rgb("#16211f")
#let quiet = rgb("#4d5b58")
#let rule = rgb("#aab4af")
#let colours = (rgb("#5a6663"), rgb("#2f5f8a"), rgb("#7a5a00"), rgb("#a8420a"), rgb("#9b1030"))
#let papers = (rgb("#eceeed"), rgb("#e8f0f8"), rgb("#fff3cf"), rgb("#fde8da"), rgb("#9b1030"))

#set document(title: d.title + " – " + d.day)
#set page(
  paper: "a4",
  margin: (top: 13mm, bottom: 14mm, x: 15mm),
  footer-descent: 35%,
  footer: context {
    set text(size: 7.5pt, fill: quiet)
    [#d.title, #d.day #h(1fr) #d.page_word #counter(page).display("1/1", both: true)]
  },
)
#set text(
  font: ("Libertinus Serif", "DejaVu Sans Mono"), size: d.size * 1pt, fill: ink,
  lang: d.lang, hyphenate: false,
)
#set par(leading: 0.5em, spacing: 0.6em)
#show heading.where(level: 1): it => block(below: 0.7em, text(size: 14pt, weight: "bold", it.body))
#let title2(above, body) = block(
  above: above, below: 0.5em, sticky: true, text(size: 1.08em, weight: "bold", body),
)
#show heading.where(level: 2): it => title2(0.95em, it.body)
#let soft(body) = text(size: 0.88em, fill: quiet, body)
#let badge(one) = {
  let colour = colours.at(one.level)
  let tone = if one.level == 4 { white } else { colour }
  box(
    fill: papers.at(one.level), stroke: 0.5pt + colour, radius: 2pt, inset: (x: 3pt), outset: (y: 2pt),
    text(size: 0.76em, weight: "bold", fill: tone, one.shape + " " + one.word),
  )
}
#let goes(source) = if source.link == "" { source.name } else {
  link(source.link, text(fill: rgb("#0b5c7a"), underline(offset: 1.5pt, stroke: 0.4pt, source.name)))
}
#let rest(words, full) = if words != "" {
  soft[#words #if full.link != "" { link(full.link, text(fill: rgb("#0b5c7a"), underline(full.words))) }]
}
#let entry(one) = block(
  breakable: false, width: 100%, below: 0.65em,
  stroke: (left: 2pt + colours.at(one.level)), inset: (left: 6pt, y: 1.5pt),
)[
  #badge(one) #text(font: "DejaVu Sans Mono", size: 0.74em, fill: quiet, one.code) #one.text
  #if one.reason != "" [ – #strong(one.reason)]
  #for told in one.facts [#linebreak() #text(size: 0.93em, told)]
  #linebreak()
  #soft[#one.sources.map(source => [#goes(source) #source.at]).join("; ") #one.more]
]
#let coming(part, nil, full) = {
  heading(level: 2)[#part.title #text(weight: "regular", fill: quiet, str(part.count))]
  if part.lines.len() == 0 { text(fill: quiet, nil) } else {
    set par(spacing: 0.4em)
    for one in part.lines {
      par[#strong(one.when) #one.text #if one.mark != "" [– #emph(one.mark)]]
    }
  }
  rest(part.more, full)
}
#let section(part, nil) = {
  heading(level: 2)[#part.title #text(weight: "regular", fill: quiet, str(part.count))]
  if part.note != "" { block(below: 0.5em, soft(part.note)) }
  if part.lines.len() == 0 { text(fill: quiet, nil) } else { part.lines.map(entry).join() }
  rest(part.more, d.full)
}

= #d.title #text(size: 10pt, weight: "regular", d.subtitle)
#strong(d.day) · #d.window \
#soft(d.about)
#v(-0.3em)
#line(length: 100%, stroke: 1.2pt)
#v(-0.75em)
#line(length: 100%, stroke: 0.4pt)

== #d.summary_title
#for sentence in d.summary { par(sentence) }
#block(above: 0.8em, below: 0.6em, grid(
  columns: (1fr,) * d.counts.len(), column-gutter: 6pt,
  ..d.counts.map(one => block(width: 100%, stroke: 0.5pt + rule, radius: 3pt, inset: 5pt)[
    #text(size: 0.8em, weight: "bold", fill: colours.at(one.level), one.shape + " " + one.word)
    #h(1fr) #text(size: 1.4em, weight: "bold", str(one.count))
    #if one.usual != "" [\ #soft(one.usual)]
  ])
))
#soft(d.note)
#section(d.sections.at(0), d.nil)
#if d.decide_more != "" { soft(d.decide_more) }
#section(d.sections.at(1), d.nil)
#coming(d.agenda, d.nil, d.full)
#section(d.sections.at(2), d.nil)
#for part in d.rumours { section(part, d.nil) }
#block(
  width: 100%, above: 1em, inset: (x: 7pt, y: 5pt),
  fill: rgb("#f3f7fb"), stroke: 0.6pt + rgb("#9db8d2"), radius: 3pt,
)[
  #show heading.where(level: 2): it => title2(0.2em, it.body)
  #section(d.aspirations, d.nil)
]
== #d.matrix.title
#block(below: 0.4em, soft(d.matrix.note))
#{
  set text(size: 0.86em)
  set par(leading: 0.35em)
  table(
    columns: (1.45fr, ..(1fr,) * (d.matrix.head.len() - 3), 1.05fr, 1.15fr),
    stroke: (x, y) => (bottom: if y == 0 { 0.8pt + ink } else { 0.3pt + rule }),
    inset: (x: 3pt, y: 2.2pt),
    align: (x, y) => if x == 0 or x == d.matrix.head.len() - 2 { left + bottom } else { right + bottom },
    table.header(..d.matrix.head.map(word => text(size: 0.86em, weight: "bold", word))),
    ..d.matrix.rows.map(row => {
      let tone = if row.seen { ink } else { quiet }
      (
        text(fill: tone, row.name),
        ..row.counts.map(count => text(fill: tone, count)),
        text(fill: colours.at(row.level), weight: if row.level > 1 { "bold" } else { "regular" }, row.worst),
        if row.seen { row.items } else { emph(text(fill: quiet, row.items)) },
      )
    }).flatten(),
  )
}
#for part in d.after { section(part, d.nil) }
#block(breakable: false, width: 100%, stroke: (top: 0.5pt + rule), inset: (top: 4pt), above: 1em)[
  #heading(level: 2, d.coverage.title)
  #for sentence in d.coverage.lines { par(soft(sentence)) }
  #if d.place != "" { par(soft[#d.full.words: #link(d.place, text(fill: rgb("#0b5c7a"), d.place))]) }
]
"""
