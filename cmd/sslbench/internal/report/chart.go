package report

import (
	"bytes"
	"errors"
	"fmt"
	"image/color"
	"io"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/peers"
)

// Lengths of the chart, in points: its width is 900 pixels.
const (
	chartWidth  = vg.Length(675)
	chartMargin = vg.Length(14)
	headHeight  = vg.Length(80) // of title and legend
	axisHeight  = vg.Length(34)
	barHeight   = vg.Length(9)
)

// chartLimit is the ratio at which bars are cut off, so that one that is far away leaves the others room to differ.
const chartLimit = 3.0

// ink is for text and lines. The chart brings its own paper, because it may be shown on a white or on a dark page.
var (
	paper = color.RGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}
	ink   = color.RGBA{R: 0x24, G: 0x29, B: 0x2f, A: 0xff}
	faint = color.RGBA{R: 0xd8, G: 0xde, B: 0xe4, A: 0xff}
)

// peerColors can be told apart by those who do not see all colours (Okabe and Ito's set, 2008).
var peerColors = map[string]color.RGBA{
	"loop":    {R: 0x00, G: 0x72, B: 0xb2, A: 0xff},
	"conn":    {R: 0x56, G: 0xb4, B: 0xe9, A: 0xff},
	"gotls":   {R: 0xe6, G: 0x9f, B: 0x00, A: 0xff},
	"fork":    {R: 0x9a, G: 0x9a, B: 0x9a, A: 0xff},
	"compat":  {R: 0x44, G: 0xaa, B: 0x99, A: 0xff},
	"nginx":   {R: 0x00, G: 0x9e, B: 0x73, A: 0xff},
	"haproxy": {R: 0xcc, G: 0x79, B: 0xa7, A: 0xff},

	"hook":     {R: 0xb3, G: 0xd7, B: 0xea, A: 0xff}, // lighter than loop, whose variants they are
	"hook-in":  {R: 0x8a, G: 0xc0, B: 0xdf, A: 0xff},
	"hook-crt": {R: 0x66, G: 0xa8, B: 0xd2, A: 0xff},
	"hook-job": {R: 0x3d, G: 0x8e, B: 0xc2, A: 0xff},
	"c-ctx":    {R: 0x55, G: 0x55, B: 0x55, A: 0xff},
	"c-lib":    {R: 0x00, G: 0x00, B: 0x00, A: 0xff},
	"loop-ctx": {R: 0xd5, G: 0x5e, B: 0x00, A: 0xff},
	"loop-lib": {R: 0x88, G: 0x22, B: 0x55, A: 0xff},
}

func peerColor(peer string) color.RGBA {
	if c, ok := peerColors[peer]; ok {
		return c
	}
	return color.RGBA{R: 0xf0, G: 0xe4, B: 0x42, A: 0xff}
}

// WriteSVG draws the ratios to the baseline: a group of bars for each row, with quartiles. The baseline itself is the line at
// 1.00; a peer without a ratio in a row has no bar there.
func (r *Report) WriteSVG(w io.Writer) error {
	b := r.bars()
	if len(b.list) == 0 {
		return errors.New("there is no ratio to draw: no peer but " + peers.Baseline + " has been measured")
	}
	height := headHeight + axisHeight + vg.Length(b.top)*barHeight
	canvas := vgsvg.New(chartWidth, height)
	all := draw.New(canvas)
	all.FillPolygon(paper, corners(all.Min.X, all.Min.Y, all.Max.X, all.Max.Y))
	inner := draw.Crop(all, chartMargin, -chartMargin, 0, 0)
	r.drawHead(inner, b.peers())
	b.plot().Draw(draw.Crop(inner, b.labelWidth(), 0, chartMargin/2, -headHeight))
	var out bytes.Buffer
	if _, err := canvas.WriteTo(&out); err != nil {
		return err
	}
	// The library names the one font whose measures it knows; these have the same measures, and some page has each.
	svg := bytes.ReplaceAll(out.Bytes(), []byte("font-family:Liberation Sans;"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;"))
	_, err := w.Write(svg)
	return err
}

// bars is what a chart shows: it is the library's plotter.
type bars struct {
	list   []bar
	labels []plot.Tick // of the rows, at the middle of their bars
	top    float64     // bars and gaps, one unit each; the first row is at the top
	limit  float64
}

type bar struct {
	cell Cell
	y    float64 // its middle
}

func (r *Report) bars() *bars {
	b := &bars{}
	var y float64 // downwards
	var most float64
	for _, row := range r.Rows {
		first := y
		for _, c := range row.Peers {
			if c.Peer == peers.Baseline || c.Ratio.N == 0 {
				continue
			}
			b.list = append(b.list, bar{c, -y - 0.5})
			most = max(most, c.Ratio.Median, c.Ratio.Q3)
			y++
		}
		if y > first {
			b.labels = append(b.labels, plot.Tick{Value: -(first + y) / 2, Label: row.title()})
			y++ // the gap
		}
	}
	b.top, b.limit = y, min(chartLimit, max(1.1, most))
	for i := range b.list {
		b.list[i].y += y - 0.5
	}
	for i := range b.labels {
		b.labels[i].Value += y - 0.5
	}
	return b
}

// peers gives those that have a bar, in the order of the first row in which each has one.
func (b *bars) peers() []string {
	var list []string
	for _, x := range b.list {
		if !slices.Contains(list, x.cell.Peer) {
			list = append(list, x.cell.Peer)
		}
	}
	return list
}

func (b *bars) plot() *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	p.X.Min, p.X.Max = 0, b.limit*1.07 // room for the number behind the longest bar
	p.Y.Min, p.Y.Max = 0, b.top
	p.X.Tick.Marker = plot.ConstantTicks(ratioTicks(b.limit))
	p.HideY() // Plot writes the labels, from the left: see widest
	p.X.Width, p.X.Padding = 0, 0
	p.X.Tick.Color = faint
	p.X.Tick.Label = withFont(p.X.Tick.Label, 8.5)
	p.Add(b)
	return p
}

// widest is how much wider than the font that the library measures the one may be in which the text is shown. For the same
// reason all text but the axis' numbers begins at a given place and ends where it may.
const widest = 1.18

func (b *bars) labelWidth() vg.Length {
	style := withFont(text.Style{Handler: plot.DefaultTextHandler}, 8.5)
	var most vg.Length
	for _, l := range b.labels {
		most = max(most, style.Width(l.Label))
	}
	return most * widest
}

func ratioTicks(limit float64) []plot.Tick {
	var list []plot.Tick
	for i := 0; float64(i)/4 <= limit; i++ {
		t := plot.Tick{Value: float64(i) / 4}
		if limit <= 1.5 || i%2 == 0 {
			t.Label = fmt.Sprintf("%.2f", t.Value)
		}
		list = append(list, t)
	}
	return list
}

// DataRange is what the library asks a plotter for.
func (b *bars) DataRange() (xmin, xmax, ymin, ymax float64) { return 0, b.limit, 0, b.top }

// Plot draws the rows' labels, the grid, the bars with their whiskers and numbers, and the baseline above them.
func (b *bars) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	for _, t := range ratioTicks(b.limit) {
		c.StrokeLine2(line(faint, 0.5), tx(t.Value), c.Min.Y, tx(t.Value), c.Max.Y)
	}
	style := withFont(p.X.Tick.Label, 8.5)
	style.XAlign, style.YAlign = text.XLeft, text.YCenter
	for _, l := range b.labels {
		c.FillText(style, vg.Point{X: c.Min.X - b.labelWidth(), Y: ty(l.Value)}, l.Label)
	}
	for _, x := range b.list {
		b.drawBar(c, x, tx, ty(x.y))
	}
	c.StrokeLine2(line(ink, 1.2), tx(1), c.Min.Y, tx(1), c.Max.Y)
}

func (b *bars) drawBar(c draw.Canvas, x bar, tx func(float64) vg.Length, y vg.Length) {
	r := x.cell.Ratio
	end := tx(min(r.Median, b.limit))
	c.FillPolygon(peerColor(x.cell.Peer), corners(tx(0), y-barHeight*0.42, end, y+barHeight*0.42))
	if r.N > 1 && r.Median <= b.limit {
		q1, q3 := tx(r.Q1), tx(min(r.Q3, b.limit))
		c.StrokeLine2(line(ink, 0.7), q1, y, q3, y)
		c.StrokeLine2(line(ink, 0.7), q1, y-2, q1, y+2)
		c.StrokeLine2(line(ink, 0.7), q3, y-2, q3, y+2)
		end = max(end, q3)
	}
	style := withFont(text.Style{Handler: plot.DefaultTextHandler}, 6.5)
	style.YAlign = text.YCenter
	value := number(r.Median, b.limit)
	if end < tx(1) && end+5+style.Width(value)*widest > tx(1) {
		end = tx(1) // or the baseline would go through the number
	}
	c.FillText(style, vg.Point{X: end + 3, Y: y}, value)
}

// number marks the value of a bar that is cut off.
func number(f, limit float64) string {
	if f > limit {
		return fmt.Sprintf("» %.2f", f)
	}
	return fmt.Sprintf("%.2f", f)
}

// drawHead writes the title, what the figures are of, and the legend in one line.
func (r *Report) drawHead(c draw.Canvas, list []string) {
	style := text.Style{Color: ink, Font: plot.DefaultFont, Handler: plot.DefaultTextHandler}
	title, small := withFont(style, 12), withFont(style, 8)
	title.Font.Weight = 3 // bold, golang.org/x/image/font
	x, y := c.Min.X, c.Max.Y-22
	c.FillText(title, vg.Point{X: x, Y: y}, "What a TLS server costs, as a ratio to the same server in C (lower is better)")
	c.FillText(small, vg.Point{X: x, Y: y - 13}, fmt.Sprintf(
		"CPU time per handshake, echo, MiB or request; memory per idle connection. Median of up to %d rounds, with quartiles; %s.",
		r.Rounds, r.Time.Format("2 January 2006")))
	m := r.Machine
	c.FillText(small, vg.Point{X: x, Y: y - 24}, fmt.Sprintf("%s, %s, %s, %s", m.OpenSSL, m.Go, m.CPU, m.Kernel))
	y -= 43
	c.StrokeLine2(line(ink, 1.2), x+4, y-2, x+4, y+8)
	x += 12
	for _, name := range append([]string{peers.Baseline}, list...) {
		if name != peers.Baseline {
			c.FillPolygon(peerColor(name), corners(x, y-1, x+12, y+7))
			x += 16
		}
		label := name + description[name]
		c.FillText(small, vg.Point{X: x, Y: y}, label)
		x += small.Width(label)*widest + 10
	}
}

// description follows a peer's name in the legend.
var description = map[string]string{
	peers.Baseline: " = 1.00", "loop": " (bridge.Loop)", "conn": " (bridge.Conn)", "gotls": " (crypto/tls)", "fork": " (libp2p/go-openssl)", "compat": " (the same program on compat)",
}

func withFont(s text.Style, size vg.Length) text.Style {
	s.Font = font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
	s.Color = ink
	return s
}

func line(c color.Color, width vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: width}
}

func corners(x0, y0, x1, y1 vg.Length) []vg.Point {
	return []vg.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}
}
