//! The report: one page without script or anything to fetch.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use plotters::prelude::*;

use crate::{
    growth::{Curve, Growth},
    table::Table,
};

const PLOT: (u32, u32) = (420, 230);

pub fn page(tables: &[Table], growth: &Growth) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "clearjwt: what it costs" }
                style { (PreEscaped(include_str!("report.css"))) }
            }
            body {
                h1 { "clearjwt: what it costs" }
                p { (machine()) ", release build with Cargo's defaults. All kinds took turns in one process, round by round, each timed by the processor time of its thread; the least of the rounds counts. "
                    "The floor is the MAC from a prepared state, base64 and serde_json, without any check." }
                @for table in tables { div.wide { (table.html()) } }
                h2 { "Time to verify, by length" }
                p { "Nanoseconds a byte of the token, both axes logarithmic: a level line is linear time, a quadratic one would rise from edge to edge. "
                    "Grey: MAC and base64 alone. The upright line: the length up to which tokens are taken unless another limit is set." }
                div.plots { @for curve in &growth.curves { figure { figcaption { (curve.name.replace('`', "")) } (PreEscaped(plot(curve, &growth.floor))) } } }
            }
        }
    }
}

/// The processor, as far as Linux says it.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':')).map_or("an unknown processor", |(_, model)| model.trim());
    format!("{model}, {} threads", std::thread::available_parallelism().map_or(0, usize::from))
}

/// The colours stand for roles; the style sheet gives them to light and to dark pages.
fn plot(curve: &Curve, floor: &Curve) -> String {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, PLOT).into_drawing_area();
        let mut chart = ChartBuilder::on(&area)
            .margin(6)
            .margin_right(16)
            .x_label_area_size(26)
            .y_label_area_size(44)
            .build_cartesian_2d((300.0..1.6e6).log_scale(), (0.3..60.0).log_scale())
            .unwrap();
        let size = |bytes: &f64| if *bytes < 1e6 { format!("{:.0} kB", bytes / 1e3) } else { format!("{:.0} MB", bytes / 1e6) };
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(RGBColor(1, 1, 1).mix(0.15))
            .x_label_formatter(&size)
            .y_label_formatter(&|ns| format!("{ns} ns/B"))
            .x_labels(4)
            .y_labels(4)
            .label_style(("sans-serif", 12))
            .draw()
            .unwrap();
        let limit = clearjwt::jws::MAX_LEN as f64;
        chart.draw_series(LineSeries::new([(limit, 0.3), (limit, 60.0)], RGBColor(2, 2, 2))).unwrap();
        let points = |curve: &Curve| curve.points.iter().map(|(length, ns)| (*length as f64, ns / *length as f64)).collect::<Vec<_>>();
        chart.draw_series(LineSeries::new(points(floor), RGBColor(3, 3, 3).stroke_width(2))).unwrap();
        chart.draw_series(LineSeries::new(points(curve), RGBColor(4, 4, 4).stroke_width(2))).unwrap();
        area.present().unwrap();
    }
    svg
}
