"""A log-log plot as SVG, for documents: readable on light and on dark pages."""
import math

STYLE = """<style>
  text { font: 12px system-ui, "DejaVu Sans", sans-serif; fill: #24292f; }
  .page { fill: #ffffff; }
  .title { font-size: 14px; font-weight: 600; }
  .grid { stroke: #d0d7de; stroke-width: 1; }
  .axis { stroke: #57606a; stroke-width: 1; }
  .line { fill: none; stroke-width: 2; }
  .s0 { stroke: #0969da; } .s1 { stroke: #bc4c00; } .s2 { stroke: #1a7f37; } .s3 { stroke: #8250df; }
  .m { fill: #ffffff; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .page { fill: #0d1117; }
    .grid { stroke: #30363d; } .axis { stroke: #8b949e; }
    .s0 { stroke: #58a6ff; } .s1 { stroke: #f0883e; } .s2 { stroke: #3fb950; } .s3 { stroke: #bc8cff; }
    .m { fill: #0d1117; }
  }
</style>"""
WIDTH, HEIGHT = 460, 340  # of a panel
LEFT, RIGHT, TOP, BOTTOM = 64, 20, 36, 52
LEGEND = 28


def decades(values):
    """The powers of ten around them, as exponents."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def label(exponent):
    if -3 <= exponent <= 3:
        return f"{10.0 ** exponent:g}"
    return f'10<tspan dy="-5" font-size="9">{exponent}</tspan>'


def marker(series, x, y):
    shapes = (f'<circle class="m s0" cx="{x:.1f}" cy="{y:.1f}" r="4"/>',
              f'<rect class="m s1" x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"/>',
              f'<path class="m s2" d="M{x:.1f} {y - 5:.1f}l5 9h-10z"/>',
              f'<path class="m s3" d="M{x:.1f} {y - 5:.1f}l5 5-5 5-5-5z"/>')
    return shapes[series % len(shapes)]


class Panel:
    def __init__(self, title, x_name, y_name, lines):
        """`lines` is a list of lists of points, all above zero."""
        self.title, self.x_name, self.y_name, self.lines = title, x_name, y_name, lines
        points = [point for line in lines for point in line]
        self.x_range, self.y_range = decades([x for x, _ in points]), decades([y for _, y in points])

    def x(self, value):
        low, high = self.x_range
        return LEFT + (math.log10(value) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def y(self, value):
        low, high = self.y_range
        return HEIGHT - BOTTOM - (math.log10(value) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    def grid(self):
        bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
        for exponent in range(self.x_range[0], self.x_range[1] + 1):
            x = self.x(10.0**exponent)
            yield f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{bottom}"/>'
            yield f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{label(exponent)}</text>'
        for exponent in range(self.y_range[0], self.y_range[1] + 1):
            y = self.y(10.0**exponent)
            yield f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}"/>'
            yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label(exponent)}</text>'
        yield f'<path class="axis" fill="none" d="M{LEFT} {TOP}V{bottom}H{right}"/>'

    def svg(self, offset):
        yield f'<g transform="translate({offset} 0)">'
        yield from self.grid()
        middle = (TOP + HEIGHT - BOTTOM) / 2
        yield f'<text class="title" x="{LEFT}" y="22">{self.title}</text>'
        yield (f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 14}" text-anchor="middle">'
               f"{self.x_name}</text>")
        yield (f'<text transform="translate(16 {middle}) rotate(-90)" text-anchor="middle">'
               f"{self.y_name}</text>")
        for i, line in enumerate(self.lines):
            path = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in line)
            yield f'<polyline class="line s{i}" points="{path}"/>'
            yield from (marker(i, self.x(x), self.y(y)) for x, y in line)
        yield "</g>"


def legend(names):
    for i, name in enumerate(names):
        x, y = LEFT + i * 250, HEIGHT + 10
        yield f'<line class="line s{i}" x1="{x}" y1="{y}" x2="{x + 28}" y2="{y}"/>'
        yield marker(i, x + 14, y)
        yield f'<text x="{x + 36}" y="{y + 4}">{name}</text>'


def svg(panels, names):
    """Panels side by side, one legend below."""
    width, height = WIDTH * len(panels), HEIGHT + LEGEND
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
             f'width="{width}" height="{height}" role="img">', STYLE,
             f'<rect class="page" width="{width}" height="{height}"/>']
    for i, panel in enumerate(panels):
        lines += panel.svg(i * WIDTH)
    return "\n".join([*lines, *legend(names), "</svg>", ""])
