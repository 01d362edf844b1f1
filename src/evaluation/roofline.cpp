#include "evaluation/roofline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "text/markup.hpp"

namespace minnow::evaluation {
namespace {

constexpr double kWidth = 960;
constexpr double kHeight = 600;
constexpr double kLeft = 96;
constexpr double kRight = 24;
constexpr double kTop = 72;
constexpr double kBottom = 64;

struct Point {
  double intensity;  // operations per byte of weights
  double ops_per_s;
  std::string label;
  std::string_view colour;
};

// A logarithmic axis over [low, high] from one pixel to another.
struct Axis {
  double low, high, from, to;
  double operator()(double value) const {
    return from + (std::log10(value) - std::log10(low)) / (std::log10(high) - std::log10(low)) * (to - from);
  }
};

std::string label(double x, double y, std::string_view anchor, std::string_view text,
                  std::string_view colour = "#333") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" fill=\"{}\">{}</text>\n", x, y, anchor, colour,
                     text::markup_line(text));
}

std::string line(double x1, double y1, double x2, double y2, std::string_view style) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {}/>\n", x1, y1, x2, y2, style);
}

// 3.2e12 is "3.2 T".
std::string with_prefix(double value) {
  constexpr std::string_view kPrefixes[] = {"", "k", "M", "G", "T", "P"};
  std::size_t prefix = 0;
  while (value >= 999.5 && prefix + 1 < std::size(kPrefixes)) {
    value /= 1000;
    ++prefix;
  }
  return fmt::format("{:.{}f} {}", value, value < 9.95 ? 1 : 0, kPrefixes[prefix]);
}

// The same for powers of ten.
std::string tick(double ten) {
  std::string text = with_prefix(ten);
  if (const auto zero = text.find(".0"); zero != std::string::npos) text.erase(zero, 2);
  return text;
}

std::vector<Point> points_of(const SpeedReport& report) {
  const SpeedFacts& facts = report.facts;
  std::vector<Point> points;
  const double ops = facts.decode_operations;
  points.push_back({ops / report.bytes_per_token, ops * report.decode_tokens_per_s.median,
                    fmt::format("decode: {:.1f} tokens/s, {:.0f}% of the bandwidth", report.decode_tokens_per_s.median,
                                100 * report.decode_fraction_of_bandwidth),
                    "#c0392b"});
  for (const BatchSpeed& batch : report.batches) {
    if (batch.sequences == 1) continue;  // lies where decode does
    points.push_back({ops * static_cast<double>(batch.sequences) / facts.weight_bytes, ops * batch.tokens_per_s.median,
                      fmt::format("{} sequences: {:.1f} tokens/s", batch.sequences, batch.tokens_per_s.median),
                      "#d68910"});
  }
  points.push_back({facts.prefill_operations / facts.prefill_bytes, report.prefill_ops_per_s,
                    fmt::format("prefill: {:.0f} tokens/s, {:.0f}% of the matrix rate",
                                report.prefill_tokens_per_s.median, 100 * report.prefill_fraction_of_matmul),
                    "#2471a3"});
  return points;
}

struct Picture {
  Axis x, y;
};

Picture picture_for(const SpeedReport& report, const std::vector<Point>& points) {
  double left = points.front().intensity, right = left;
  double low = points.front().ops_per_s, high = report.matmul_ops_per_s.median;
  for (const Point& point : points) {
    left = std::min(left, point.intensity);
    right = std::max(right, point.intensity);
    low = std::min(low, point.ops_per_s);
    high = std::max(high, point.ops_per_s);
  }
  if (report.bf16_ops_per_s) high = std::max(high, report.bf16_ops_per_s->median);
  right = std::max(right, high / report.read_bandwidth_bytes_per_s.median);
  return {{left / 2, right * 4, kLeft, kWidth - kRight}, {low / 2, high * 3, kHeight - kBottom, kTop}};
}

std::string axes(const Picture& picture) {
  std::string svg;
  for (double ten = std::pow(10, std::ceil(std::log10(picture.x.low))); ten <= picture.x.high; ten *= 10) {
    svg += line(picture.x(ten), kTop, picture.x(ten), kHeight - kBottom, "stroke=\"#ddd\"");
    svg += label(picture.x(ten), kHeight - kBottom + 20, "middle", tick(ten));
  }
  for (double ten = std::pow(10, std::ceil(std::log10(picture.y.low))); ten <= picture.y.high; ten *= 10) {
    svg += line(kLeft, picture.y(ten), kWidth - kRight, picture.y(ten), "stroke=\"#ddd\"");
    svg += label(kLeft - 8, picture.y(ten) + 5, "end", tick(ten));
  }
  svg += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#888\"/>\n", kLeft,
                     kTop, kWidth - kLeft - kRight, kHeight - kTop - kBottom);
  svg += label((kLeft + kWidth - kRight) / 2, kHeight - 18, "middle", "operations per byte of weights");
  svg += fmt::format(
      "<text transform=\"translate(24 {:.0f}) rotate(-90)\" text-anchor=\"middle\" fill=\"#333\">operations per second"
      "</text>\n",
      (kTop + kHeight - kBottom) / 2);
  return svg;
}

// The flat roof of a multiplier, from where the slope of the bandwidth meets it.
std::string roof(const Picture& picture, double bandwidth, double peak, std::string_view name,
                 std::string_view colour) {
  const double knee = std::max(peak / bandwidth, picture.x.low);
  const std::string text = fmt::format("{} from registers: {}op/s", name, with_prefix(peak));
  return line(picture.x(knee), picture.y(peak), kWidth - kRight, picture.y(peak),
              fmt::format("stroke=\"{}\" stroke-width=\"2\"", colour)) +
         label(kWidth - kRight - 8, picture.y(peak) - 7, "end", text, colour);
}

std::string slope(const Picture& picture, double bandwidth, double highest_peak) {
  const double start = std::max(picture.x.low, picture.y.low / bandwidth);
  const double end = std::max(start, highest_peak / bandwidth);
  return line(picture.x(start), picture.y(start * bandwidth), picture.x(end), picture.y(end * bandwidth),
              "stroke=\"#333\" stroke-width=\"2\"") +
         label(picture.x(start) + 12, picture.y(start * bandwidth * 6), "start",
               fmt::format("memory: {}B/s", with_prefix(bandwidth)));
}

std::string roofs(const Picture& picture, const SpeedReport& report) {
  const double bandwidth = report.read_bandwidth_bytes_per_s.median;
  const double integers = report.matmul_ops_per_s.median;
  const double bf16 = report.bf16_ops_per_s ? report.bf16_ops_per_s->median : 0;
  std::string svg = slope(picture, bandwidth, std::max(integers, bf16));
  svg += roof(picture, bandwidth, integers, report.facts.matmul_instruction, "#1e8449");
  if (bf16 > 0) svg += roof(picture, bandwidth, bf16, report.facts.bf16_instruction, "#7d3c98");
  return svg;
}

// Labels stand to the right of their points, and to the left of those that are far right.
std::string marks(const Picture& picture, const std::vector<Point>& points) {
  std::string svg;
  for (const Point& point : points) {
    const double x = picture.x(point.intensity);
    const double y = picture.y(point.ops_per_s);
    const bool is_far_right = x > kWidth * 0.7;
    svg += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\" fill=\"{}\"/>\n", x, y, point.colour);
    svg += is_far_right ? label(kWidth - kRight - 8, y - 12, "end", point.label, point.colour)
                        : label(x + 9, y + 16, "start", point.label, point.colour);
  }
  return svg;
}

}  // namespace

std::string roofline_svg(const SpeedReport& report) {
  const std::vector<Point> points = points_of(report);
  const Picture picture = picture_for(report, points);
  const SpeedFacts& facts = report.facts;
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
      "font-family=\"sans-serif\" font-size=\"14\">\n<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n",
      kWidth, kHeight);
  svg += fmt::format("<text x=\"{}\" y=\"30\" font-size=\"18\" fill=\"#111\">{}</text>\n", kLeft,
                     text::markup_line(facts.model));
  svg +=
      label(kLeft, 54, "start",
            fmt::format("{} threads, {}, {} arithmetic, prompt of {} tokens, {} decoded; medians of {}", facts.threads,
                        facts.isa, facts.arithmetic, facts.prompt_tokens, facts.decode_tokens, report.repetitions));
  return svg + axes(picture) + roofs(picture, report) + marks(picture, points) + "</svg>\n";
}

}  // namespace minnow::evaluation
