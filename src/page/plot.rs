//! A figure as inline SVG, drawn by `plotters` from computed values. Its colours are the page's: text and axes take
//! the colour of the text around them, curves those of the style sheet, which differ between themes. In print and to
//! eyes that see no colours the curves differ by their points. A table that folds out says the same in numbers.

use std::fmt::Write;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::markup;
use crate::judge::Figure;
use crate::splice::Edit;

/// A figure is drawn twice, for wide and for narrow pages, so that its letters have the size of the text around it.
/// The style sheet shows one of the two; without it, that is the wide one.
const SIZES: [(u32, u32); 2] = [(720, 400), (360, 330)];
/// The colours in which curves are drawn, and what stands for them in the page.
const CURVES: [(RGBColor, &str); 4] = [
    (RGBColor(1, 90, 180), "var(--qed-curve-1,#015ab4)"),
    (RGBColor(180, 70, 1), "var(--qed-curve-2,#b44601)"),
    (RGBColor(1, 120, 80), "var(--qed-curve-3,#017850)"),
    (RGBColor(130, 1, 130), "var(--qed-curve-4,#820182)"),
];

type DrawError<'a> = Box<dyn std::error::Error + 'a>;

/// One edit for each figure.
pub(super) fn edits(figures: &[Figure]) -> Vec<Edit> {
    let html = |figure: &Figure| figure_html(figure).unwrap_or_else(|| values(figure));
    figures.iter().map(|figure| Edit { span: figure.span, text: html(figure) }).collect()
}

/// The figure on one line, since an empty line would end the HTML. `None` if it cannot be drawn.
fn figure_html(figure: &Figure) -> Option<String> {
    let [wide, narrow] = SIZES.map(|size| drawing(figure, size));
    let (wide, narrow) = (wide?, narrow?);
    let label = markup::text(&description(figure));
    let caption = match figure.title.as_str() {
        "" => String::new(),
        title => format!("<figcaption>{}</figcaption>", markup::text(title)),
    };
    Some(format!(
        "<figure class=\"qed-plot\"><svg role=\"img\" aria-label=\"{label}\" {wide}\
         <svg class=\"qed-narrow\" style=\"display:none\" role=\"img\" aria-label=\"{label}\" {narrow}{caption}{}</figure>",
        values(figure),
    ))
}

/// A drawing of this size, from its `viewBox` to the end of its element.
fn drawing(figure: &Figure, size: (u32, u32)) -> Option<String> {
    let mut svg = String::new();
    draw(figure, &SVGBackend::with_string(&mut svg, size).into_drawing_area()).ok()?;
    let head_end = svg.find("<svg").and_then(|start| Some(start + svg[start..].find('>')? + 1))?;
    let (width, height) = size;
    Some(format!("viewBox=\"0 0 {width} {height}\">{}", themed(&svg[head_end..])))
}

/// The drawing in the page's colours, its text safe from Markdown.
fn themed(svg: &str) -> String {
    let mut svg = markup::harden(&svg.replace('\n', " "));
    for (color, name) in CURVES {
        let RGBColor(red, green, blue) = color;
        svg = svg.replace(&format!("\"#{red:02X}{green:02X}{blue:02X}\""), &format!("\"{name}\""));
    }
    svg.replace("\"#000000\"", "\"currentColor\"").replace("font-family=\"sans-serif\"", "")
}

/// What the figure shows, in a sentence for each curve.
fn description(figure: &Figure) -> String {
    let [x, y] = &figure.labels;
    let mut text = if figure.title.is_empty() { format!("{y} against {x}") } else { figure.title.clone() };
    for curve in &figure.curves {
        let name = if curve.name.is_empty() { y } else { &curve.name };
        let highest = curve.points.iter().max_by(|one, other| one.1.total_cmp(&other.1));
        let (first, last) = (curve.points.first(), curve.points.last());
        if let (Some(first), Some(last), Some(highest)) = (first, last, highest) {
            let _ = write!(
                text,
                ". {name}: {} at {}, highest {} at {}, {} at {}",
                short(first.1),
                short(first.0),
                short(highest.1),
                short(highest.0),
                short(last.1),
                short(last.0)
            );
        }
    }
    text
}

/// The points as tables that a reader may unfold.
fn values(figure: &Figure) -> String {
    let mut html = String::from("<details class=\"qed-points\"><summary>The numbers behind it</summary>");
    for curve in &figure.curves {
        let cell = |tag: &str, text: &str| format!("<{tag}>{}</{tag}>", markup::text(text));
        let name = if curve.name.is_empty() { &figure.labels[1] } else { &curve.name };
        let head = cell("th", &figure.labels[0]) + &cell("th", name);
        let _ = write!(html, "<table><thead><tr>{head}</tr></thead><tbody>");
        for (x, y) in &curve.points {
            let _ = write!(html, "<tr>{}{}</tr>", cell("td", &short(*x)), cell("td", &short(*y)));
        }
        html.push_str("</tbody></table>");
    }
    html + "</details>"
}

/// Four significant digits, and no more than there are.
fn short(value: f64) -> String {
    let size = value.abs();
    if value != 0.0 && !(1e-3..1e6).contains(&size) {
        return format!("{value:.3e}");
    }
    let before = size.max(1.0).to_string().split('.').next().map_or(1, str::len);
    let text = format!("{value:.*}", 4_usize.saturating_sub(before).max(usize::from(size < 1.0) * 4));
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

fn draw<'a>(figure: &'a Figure, area: &DrawingArea<SVGBackend<'_>, Shift>) -> Result<(), DrawError<'a>> {
    let width = area.dim_in_pixel().0;
    let (legend, area) = area.split_vertically(legend_height(figure, width));
    draw_legend(figure, &legend)?;
    let points = || figure.curves.iter().flat_map(|curve| &curve.points).map(|point| place(figure, *point));
    let x = range(points().map(|point| point.0), figure.log[0], [0.02, 0.0]);
    let y = range(points().map(|point| point.1), figure.log[1], [0.05, 0.2]);
    let failed = |error: &dyn std::fmt::Display| DrawError::from(error.to_string());
    let mut chart = ChartBuilder::on(&area)
        .margin(12)
        .x_label_area_size(46)
        .y_label_area_size(label_width(width))
        .build_cartesian_2d(x.clone(), y.clone())
        .map_err(|error| failed(&error))?;
    let decades = |range: &std::ops::Range<f64>| (range.end - range.start) as usize + 2;
    let label = |log: bool| move |value: &f64| if log { power(*value) } else { short(*value) };
    chart
        .configure_mesh()
        .bold_line_style(BLACK.mix(0.15))
        .light_line_style(TRANSPARENT)
        .axis_style(BLACK.mix(0.6))
        .x_labels(if figure.log[0] { decades(&x) } else { width as usize / 70 })
        .y_labels(if figure.log[1] { decades(&y) } else { 8 })
        .x_label_formatter(&label(figure.log[0]))
        .y_label_formatter(&label(figure.log[1]))
        .x_desc(figure.labels[0].as_str())
        .y_desc(figure.labels[1].as_str())
        .label_style(("sans-serif", 14))
        .axis_desc_style(("sans-serif", 15))
        .draw()
        .map_err(|error| failed(&error))?;
    for (at, curve) in figure.curves.iter().enumerate() {
        let (line, dot) = styles(at);
        let placed: Vec<(f64, f64)> = curve.points.iter().map(|point| place(figure, *point)).collect();
        chart.draw_series(LineSeries::new(placed.iter().copied(), line)).map_err(|error| failed(&error))?;
        let dots = placed.iter().map(|point| Circle::new(*point, 4, dot));
        chart.draw_series(dots).map_err(|error| failed(&error))?;
    }
    Ok(())
}

/// The line of the curve at this position, and its points: every second curve has hollow ones.
fn styles(at: usize) -> (ShapeStyle, ShapeStyle) {
    let color = CURVES[at % CURVES.len()].0;
    let line = ShapeStyle { color: color.into(), filled: false, stroke_width: 2 };
    (line, ShapeStyle { filled: at.is_multiple_of(2), ..line })
}

/// The room for the labels of the vertical axis, turned text beside them included.
fn label_width(width: u32) -> u32 {
    if is_narrow(width) { 54 } else { 64 }
}

fn is_narrow(width: u32) -> bool {
    width < SIZES[0].0
}

/// The height of a line of the legend.
const LEGEND_LINE: i32 = 22;

/// Where the names of curves stand: above the axes, where no curve can run through them, in as many lines as they need.
fn legend_places(figure: &Figure, width: u32) -> Vec<(i32, i32)> {
    let left = if is_narrow(width) { 12 } else { 76 };
    let right = i32::try_from(width).unwrap_or(i32::MAX);
    let (mut x, mut y) = (left, LEGEND_LINE / 2 + 6);
    let mut places = Vec::new();
    for curve in &figure.curves {
        // The sample line, its distance, and letters that are rarely wider than this.
        let width = 30 + 9 * i32::try_from(curve.name.chars().count()).unwrap_or(0);
        if x > left && x + width > right {
            (x, y) = (left, y + LEGEND_LINE);
        }
        places.push((x, y));
        x += width + 24;
    }
    places
}

fn has_legend(figure: &Figure) -> bool {
    figure.curves.iter().any(|curve| !curve.name.is_empty())
}

fn legend_height(figure: &Figure, width: u32) -> i32 {
    let last = legend_places(figure, width).last().map_or(0, |(_, y)| y + LEGEND_LINE / 2);
    if has_legend(figure) { last } else { 0 }
}

fn draw_legend<'a>(
    figure: &'a Figure,
    area: &DrawingArea<SVGBackend<'_>, Shift>,
) -> Result<(), DrawError<'a>> {
    let failed = |error: &dyn std::fmt::Display| DrawError::from(error.to_string());
    let anchor = Pos::new(HPos::Left, VPos::Center);
    let font = TextStyle::from(("sans-serif", 15).into_font()).pos(anchor);
    for (at, (curve, place)) in
        figure.curves.iter().zip(legend_places(figure, area.dim_in_pixel().0)).enumerate()
    {
        if curve.name.is_empty() {
            continue;
        }
        let (line, dot) = styles(at);
        let sample = EmptyElement::at(place)
            + PathElement::new(vec![(0, 0), (22, 0)], line)
            + Circle::new((11, 0), 4, dot)
            + Text::new(curve.name.clone(), (30, 0), font.clone());
        area.draw(&sample).map_err(|error| failed(&error))?;
    }
    Ok(())
}

/// Where a point stands: logarithmic axes are linear in the logarithm.
fn place(figure: &Figure, (x, y): (f64, f64)) -> (f64, f64) {
    let of = |log: bool, value: f64| if log { crate::num::math::log10(value) } else { value };
    (of(figure.log[0], x), of(figure.log[1], y))
}

/// From the least to the greatest value, with `room` around them; whole decades on a logarithmic axis. An axis that
/// would begin within `reach` of zero begins there. Both are parts of its length.
fn range(values: impl Iterator<Item = f64>, log: bool, [room, reach]: [f64; 2]) -> std::ops::Range<f64> {
    let (low, high) =
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), it| (low.min(it), high.max(it)));
    if log {
        let (low, high) = (low.floor(), high.ceil());
        return low..if low < high { high } else { low + 1.0 };
    }
    let room = if low < high { (high - low) * room } else { low.abs().max(1.0) };
    let low = if low >= 0.0 && low <= (high - low) * reach { 0.0 } else { low - room };
    low..high + room
}

/// The label of a decade.
fn power(exponent: f64) -> String {
    let whole = exponent.round();
    match whole as i32 {
        _ if (exponent - whole).abs() > 1e-9 => String::new(),
        exponent @ -3..=6 => short(crate::num::math::pow(10.0, f64::from(exponent))),
        exponent => format!("1e{exponent}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{LEGEND_LINE, SIZES, edits, legend_height, legend_places, range, short};
    use crate::judge::{Curve, Figure};
    use crate::source::{FileId, Span};

    fn figure(title: &str, log: [bool; 2]) -> Figure {
        let curve = |name: &str, lift: f64| Curve {
            name: name.into(),
            points: vec![(1.0, 0.5 + lift), (2.0, 30.0 + lift), (3.0, 1.0)],
        };
        Figure {
            span: Span::new(FileId(0), 3, 9),
            title: title.into(),
            labels: ["p".into(), "risk".into()],
            log,
            curves: vec![curve("one", 0.0), curve("<b> & two", 1.0)],
        }
    }

    #[test]
    fn a_figure_is_one_line_in_the_colours_of_the_page() {
        for log in [[false, false], [false, true], [true, true]] {
            let edit = edits(&[figure("A title", log)]).remove(0);
            assert_eq!(edit.span, Span::new(FileId(0), 3, 9));
            assert!(edit.text.starts_with("<figure class=\"qed-plot\"><svg role"), "{}", edit.text);
            assert!(!edit.text.contains('\n'));
            // Two drawings of two curves, each as a line through its points and as its sample in the legend; the axes
            // are lines too.
            let coloured =
                |line: &&str| line.split('>').next().is_some_and(|tag| tag.contains("var(--qed-curve-"));
            assert_eq!(edit.text.split("<polyline").filter(coloured).count(), 8, "{}", edit.text);
            assert!(edit.text.contains("currentColor") && !edit.text.contains("#000000"));
            assert!(edit.text.contains("<figcaption>A title</figcaption>"));
        }
    }

    #[test]
    fn a_legend_takes_as_many_lines_as_its_names_need() {
        let (mut figure, [wide, narrow]) = (figure("", [false; 2]), SIZES.map(|size| size.0));
        assert_eq!(legend_height(&figure, wide), 39 - LEGEND_LINE / 2);
        figure.curves[1].name = "a name that is long".repeat(2);
        let [first, second] = legend_places(&figure, wide).try_into().unwrap();
        assert_eq!(first.1, second.1);
        let [first, second] = legend_places(&figure, narrow).try_into().unwrap();
        assert_eq!((first.0, first.1 + LEGEND_LINE), second);
        figure.curves.iter_mut().for_each(|curve| curve.name.clear());
        assert_eq!(legend_height(&figure, wide), 0);
    }

    #[test]
    fn heights_are_seen_from_zero_and_places_as_they_are() {
        let values = || [1.0, 11.0].into_iter();
        assert_eq!(range(values(), false, [0.02, 0.0]), 0.8..11.2);
        assert_eq!(range(values(), false, [0.05, 0.2]), 0.0..11.5);
        assert_eq!(range([0.0, 10.0].into_iter(), false, [0.02, 0.0]), 0.0..10.2);
        assert_eq!(range(values(), true, [0.02, 0.0]), 1.0..11.0);
    }

    #[test]
    fn names_stay_text() {
        let html = edits(&[figure("\"><script>", [false; 2])]).remove(0).text;
        assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
        assert!(html.contains("&#60;b&#62; &#38; two"), "{html}");
    }

    #[test]
    fn a_listener_hears_where_the_curve_is_highest() {
        let html = edits(&[figure("", [false; 2])]).remove(0).text;
        assert!(
            html.contains("risk against p&#46; one&#58; 0&#46;5 at 1&#44; highest 30 at 2&#44; 1 at 3"),
            "{html}"
        );
    }

    #[test]
    fn numbers_are_short() {
        for (value, expected) in [
            (0.0, "0"),
            (1.0, "1"),
            (0.49, "0.49"),
            (12.345, "12.35"),
            (69475.4, "69475"),
            (-0.5, "-0.5"),
            (1e-9, "1.000e-9"),
            (0.1234567, "0.1235"),
            (100.0, "100"),
            (1e7, "1.000e7"),
        ] {
            assert_eq!(short(value), expected);
        }
    }

    #[test]
    fn flat_and_single_points_are_drawn() {
        let mut flat = figure("", [true, false]);
        flat.curves.truncate(1);
        flat.curves[0].points = vec![(2.0, 0.0)];
        assert!(edits(&[flat]).remove(0).text.contains("<circle"));
    }
}
