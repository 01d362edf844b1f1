// The program's commands, one file each. Each adds its words to the command line and, when they are used, a callback
// that does the work; what goes wrong is thrown and becomes the one error line in main.cpp.
#pragma once

#include <CLI/App.hpp>
#include <functional>

#include "server/serve.hpp"

namespace minnow::cli {

void add_run(CLI::App& app);
// What is done with the options of a server is for the caller to say: it serves, or reads them again while it does.
void add_serve(CLI::App& app, std::function<void(server::ServeOptions)> use);
void add_bench(CLI::App& app);
void add_tokenize(CLI::App& app);
void add_show(CLI::App& app);
void add_convert(CLI::App& app);
void add_merge(CLI::App& app);
void add_prune(CLI::App& app);
void add_quantize(CLI::App& app);
void add_eval(CLI::App& app);
// Commands of add_eval's.
void add_eval_divergence(CLI::App& eval);
void add_eval_gate(CLI::App& eval);
void add_eval_importance(CLI::App& eval);
void add_eval_task(CLI::App& eval);

}  // namespace minnow::cli
