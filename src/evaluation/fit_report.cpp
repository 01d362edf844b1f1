// The frontier as a table and as a picture: size to the right, divergence upwards, by powers of ten.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "evaluation/fit.hpp"
#include "text/markup.hpp"

namespace minnow::evaluation {
namespace {

constexpr double kWidth = 960, kHeight = 600, kLeft = 96, kRight = 24, kTop = 72, kBottom = 64;
constexpr double kLeast = 1e-6;  // a divergence of zero has no place on a logarithmic axis

double megabytes(std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }

std::string cell(const std::optional<double>& divergence) {
  return divergence ? fmt::format("{:>12.6f}", std::max(0.0, *divergence)) : fmt::format("{:>12}", "");
}

double loss(const FitPoint& point) { return std::max(kLeast, point.measured.value_or(point.expected.value_or(0))); }

struct Axes {
  double low_mb, high_mb, low_power, high_power;

  double x(std::uint64_t bytes) const {
    return kLeft + (megabytes(bytes) - low_mb) / (high_mb - low_mb) * (kWidth - kLeft - kRight);
  }
  double y(double divergence) const {
    return kHeight - kBottom -
           (std::log10(divergence) - low_power) / (high_power - low_power) * (kHeight - kTop - kBottom);
  }
};

Axes axes_of(const FitReport& report) {
  std::vector<FitPoint> all = report.frontier;
  all.insert(all.end(), report.recipes.begin(), report.recipes.end());
  all.push_back(report.best);
  Axes axes{1e300, 0, 300, -300};
  for (const FitPoint& point : all) {
    axes.low_mb = std::min(axes.low_mb, megabytes(point.file_bytes));
    axes.high_mb = std::max(axes.high_mb, megabytes(point.file_bytes) * 1.02);
    axes.low_power = std::min(axes.low_power, std::floor(std::log10(loss(point))));
    axes.high_power = std::max(axes.high_power, std::ceil(std::log10(loss(point))));
  }
  axes.low_mb *= 0.98;
  axes.high_power = std::max(axes.high_power, axes.low_power + 1);
  return axes;
}

std::string label(double x, double y, std::string_view anchor, std::string_view text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
                     text::markup_line(text));
}

std::string dot(const Axes& axes, const FitPoint& point, std::string_view colour, double radius) {
  return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\"/>\n", axes.x(point.file_bytes),
                     axes.y(loss(point)), radius, colour);
}

std::string grid(const Axes& axes) {
  std::string out;
  for (double power = axes.low_power; power <= axes.high_power; ++power) {
    const double y = axes.y(std::pow(10.0, power));
    out += fmt::format("<line x1=\"{}\" y1=\"{:.1f}\" x2=\"{}\" y2=\"{:.1f}\" stroke=\"#ddd\"/>\n", kLeft, y,
                       kWidth - kRight, y);
    out += label(kLeft - 8, y + 5, "end", fmt::format("1e{:.0f}", power));
  }
  for (int i = 0; i <= 5; ++i) {
    const double mb = axes.low_mb + (axes.high_mb - axes.low_mb) * i / 5;
    out += label(axes.x(static_cast<std::uint64_t>(mb * 1e6)), kHeight - kBottom + 24, "middle",
                 fmt::format("{:.{}f}", mb, mb < 100 ? 1 : 0));
  }
  return out;
}

}  // namespace

std::string fit_text(const FitReport& report) {
  std::string out = fmt::format(
      "{:.1f} MB of memory: a file of {:.1f} MB, {:.1f} MB for a context of {} tokens, {:.1f} MB of scratch\n"
      "divergence of the next token's distribution in nats, over {} tokens\n\n",
      megabytes(report.budget_bytes), megabytes(report.plan.weights_bytes), megabytes(report.plan.kv_bytes),
      report.context, megabytes(report.plan.scratch_bytes), report.scored_tokens);
  out += fmt::format("{:>10} {:>12} {:>12}\n", "file MB", "expected", "measured");
  std::vector<FitPoint> all = report.frontier;
  all.insert(all.end(), report.recipes.begin(), report.recipes.end());
  all.push_back(report.best);
  all.back().name = "<- chosen";
  std::ranges::stable_sort(all, {}, &FitPoint::file_bytes);
  for (const FitPoint& point : all) {
    out += fmt::format("{:>10.2f} {} {}{}{}\n", megabytes(point.file_bytes), cell(point.expected), cell(point.measured),
                       point.name.empty() ? "" : "  ", point.name);
  }
  std::map<std::string_view, std::size_t> counts;
  for (const RoundedTensor& tensor : report.chosen) ++counts[numeric::info(tensor.format).name];
  out += "\nchosen:";
  for (const auto& [name, count] : counts) out += fmt::format(" {} x {}", count, name);
  return out + "\n";
}

std::string fit_svg(const FitReport& report, std::string_view title) {
  const Axes axes = axes_of(report);
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"sans-serif\" font-size=\"14\" "
      "fill=\"#333\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
      kWidth, kHeight);
  out += label(kLeft, 32, "start", title);
  out += label(kLeft, 54, "start",
               "divergence in nats per token, by the size of the file in MB: expected (line), measured (dots), named "
               "recipes (red)");
  out += grid(axes);
  std::string path;
  for (const FitPoint& point : report.frontier) {
    path += fmt::format("{:.1f},{:.1f} ", axes.x(point.file_bytes), axes.y(std::max(kLeast, *point.expected)));
  }
  out += fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"#1f6f8b\" stroke-width=\"2\"/>\n", path);
  for (const FitPoint& point : report.frontier) {
    if (point.measured) out += dot(axes, point, "#1f6f8b", 5);
  }
  bool above = false;  // labels of neighbours keep out of each other's way
  for (const FitPoint& point : report.recipes) {
    above = !above;
    out += dot(axes, point, "#b0413e", 4);
    out += label(axes.x(point.file_bytes) + (above ? 5 : -5), axes.y(loss(point)) + (above ? -7 : 17),
                 above ? "start" : "end", point.name);
  }
  out += dot(axes, report.best, "#e0a100", 8);
  out += label(axes.x(report.best.file_bytes) + 12, axes.y(loss(report.best)) + 18, "start", "chosen");
  return out + "</svg>\n";
}

}  // namespace minnow::evaluation
