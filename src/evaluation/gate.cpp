#include "evaluation/gate.hpp"
#include "text/markup.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace minnow::evaluation {
namespace {

constexpr const char* kStyle =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1b2330}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}td,th{text-align:left;padding:.3rem .6rem;"
    "border-bottom:1px solid #d8dee6}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
    ".yes{color:#13653f}.no{color:#a3262c;font-weight:600}code{font-size:.85em;overflow-wrap:anywhere}"
    "h1{font-size:1.4rem}h2{font-size:1.05rem;margin-top:1.6rem}";

std::string subject_rows(const char* role, const GateSubject& subject) {
  return fmt::format("<tr><td>{}<td>{}<td class=n>{:.1f} MB<td><code>{}</code>", role, text::markup_line(subject.name),
                     static_cast<double>(subject.bytes) / 1e6, text::markup_line(subject.sha256));
}

// Bars for the quantiles of the divergence, on one scale.
std::string quantile_picture(const Divergence& divergence) {
  const std::pair<const char*, double> bars[] = {{"median", divergence.median},
                                                 {"mean", divergence.mean},
                                                 {"90%", divergence.p90},
                                                 {"99%", divergence.p99},
                                                 {"largest", divergence.maximum}};
  const double most = std::max(divergence.maximum, 1e-12);
  std::string svg = "<svg viewBox='0 0 640 150' role='img' aria-label='KL divergence by quantile'>";
  int y = 8;
  for (const auto& [name, value] : bars) {
    const double width = std::max(1.0, 420 * value / most);
    svg += fmt::format(
        "<text x='78' y='{}' text-anchor='end' font-size='14'>{}</text><rect x='88' y='{}' width='{:.1f}' height='18' "
        "rx='3' fill='#0b6e8a'/><text x='{:.1f}' y='{}' font-size='14'>{:.5f}</text>",
        y + 14, name, y, width, 96 + width, y + 14, value);
    y += 28;
  }
  return svg + "</svg>";
}

std::string divergence_section(const Divergence& divergence) {
  return fmt::format(
             "<h2>What was measured</h2><p>{} tokens in {} chunks. The likeliest token is the same for {:.2f} ± "
             "{:.2f}% "
             "of them. Perplexity {:.4f}, the reference's {:.4f} (ratio {:.5f} ± {:.5f}). The probability of the "
             "text's "
             "own tokens changed by {:.4f} (root mean square).</p><h2>KL divergence, nats per token</h2>",
             divergence.tokens, divergence.chunks, 100 * divergence.same_top, 100 * divergence.same_top_error,
             divergence.perplexity, divergence.reference_perplexity, divergence.perplexity_ratio,
             divergence.perplexity_ratio_error, divergence.rms_probability_change) +
         quantile_picture(divergence);
}

// Scores as bars from 0 to 1, their confidence intervals as lines.
std::string task_section(const GateTask& task) {
  std::string html =
      fmt::format("<h2>{}: {} questions, {} shots</h2>", text::markup_line(task.name), task.scores[0].n, task.shots);
  html += "<table><tr><th>score<th class=n>value<th class=n>95%<th>";
  for (const TaskScore& score : task.scores) {
    html += fmt::format(
        "<tr><td>{}<td class=n>{:.4f} ± {:.4f}<td class=n>{:.4f} to {:.4f}<td><svg viewBox='0 0 200 18' width='200' "
        "role='img' aria-label='{:.4f}'><rect width='200' height='18' fill='#eef1f5'/><rect width='{:.1f}' height='18' "
        "fill='#0b6e8a'/><line x1='{:.1f}' x2='{:.1f}' y1='9' y2='9' stroke='#1b2330' stroke-width='2'/></svg>",
        text::markup_line(score.name), score.value, score.standard_error, score.low, score.high, score.value,
        200 * score.value, 200 * score.low, 200 * score.high);
  }
  return html + "</table>";
}

}  // namespace

void Gate::at_most(std::string figure, double value, double error, double limit) {
  checks_.push_back({std::move(figure), value, error, limit, true});
}

void Gate::at_least(std::string figure, double value, double error, double limit) {
  checks_.push_back({std::move(figure), value, error, limit, false});
}

bool Gate::passed() const {
  return std::all_of(checks_.begin(), checks_.end(), [](const GateCheck& check) { return check.holds(); });
}

std::string Gate::refusal() const {
  std::string sentence;
  for (const GateCheck& check : checks_) {
    if (check.holds()) continue;
    sentence += fmt::format("{}{} is {:.6g}, {} {:.6g} is allowed", sentence.empty() ? "" : "; ", check.figure,
                            check.value, check.at_most ? "at most" : "at least", check.limit);
  }
  return sentence;
}

std::string gate_html(const Gate& gate, const GateFindings& findings) {
  std::string html = fmt::format(
      "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
      "<title>{0}: {1}</title><style>{2}</style><h1>{1}: <span class={3}>{0}</span></h1>",
      gate.passed() ? "passed" : "refused", text::markup_line(findings.candidate.name), kStyle,
      gate.passed() ? "yes" : "no");
  html += "<table><tr><th><th>model<th class=n>size<th>SHA-256";
  if (findings.reference) html += subject_rows("reference", *findings.reference);
  html += subject_rows("candidate", findings.candidate) + "</table>";
  html += "<h2>What was asked</h2><table><tr><th>figure<th class=n>measured<th class=n>limit<th>";
  for (const GateCheck& check : gate.checks()) {
    html += fmt::format("<tr><td>{}<td class=n>{:.6g}{}<td class=n>{} {:.6g}<td class={}>{}",
                        text::markup_line(check.figure), check.value,
                        check.error > 0 ? fmt::format(" ± {:.2g}", check.error) : "", check.at_most ? "≤" : "≥",
                        check.limit, check.holds() ? "yes" : "no", check.holds() ? "holds" : "fails");
  }
  html += "</table>";
  if (findings.task) html += task_section(*findings.task);
  if (findings.divergence) html += divergence_section(*findings.divergence);
  return html + "</html>\n";
}

}  // namespace minnow::evaluation
