// minnow: the program. Exit 0: done. Exit 1: it failed. Exit 2: the words were wrong. Errors are one line on stderr.
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>
#include <new>
#include <string>
#include <utility>

#include "cli/commands.hpp"
#include "minnow/minnow.hpp"
#include "server/serve.hpp"

namespace {

constexpr int kFailed = 1;
constexpr int kWrongWords = 2;

int report(const std::string& sentence, int exit_code) {
  std::string line = sentence.substr(0, sentence.find('\n'));
  std::fprintf(stderr, "minnow: %s\n", line.c_str());
  return exit_code;
}

// A standard stream that is closed would lend its number to the next file we open, and our messages would end up in it.
void hold_standard_streams() {
  for (int stream = 0; stream < 3; ++stream) {
    if (::fcntl(stream, F_GETFD) != -1 || errno != EBADF) continue;
    const int mode = stream == STDOUT_FILENO ? O_RDONLY : O_RDWR;  // writing an answer to nowhere remains an error
    if (::open("/dev/null", mode) != stream) std::_Exit(kFailed);
  }
}

using ServeCallback = std::function<void(minnow::server::ServeOptions)>;

void add_words(CLI::App& app, const ServeCallback& on_serve) {
  app.set_version_flag("--version", std::string(minnow::version()));
  app.require_subcommand(1);
  app.set_config("--config", "", "Read options from this TOML file: [serve], and then port = 8080 and the like");
  app.allow_config_extras(CLI::config_extras_mode::error);  // a word that nobody knows is a mistake
  minnow::cli::add_run(app);
  minnow::cli::add_serve(app, on_serve);
  minnow::cli::add_tokenize(app);
  minnow::cli::add_show(app);
  minnow::cli::add_bench(app);
  minnow::cli::add_convert(app);
  minnow::cli::add_quantize(app);
  minnow::cli::add_merge(app);
  minnow::cli::add_prune(app);
  minnow::cli::add_eval(app);
}

// The same words once more, with what the configuration file says now.
minnow::server::ServeOptions read_serve_options(int argc, char** argv) {
  minnow::server::ServeOptions read;
  CLI::App app;
  add_words(app, [&](minnow::server::ServeOptions options) { read = std::move(options); });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const std::string sentence = error.what();
    throw minnow::Error(minnow::ErrorCode::invalid_input, sentence.substr(0, sentence.find('\n')));
  }
  read.read_again = [argc, argv] { return read_serve_options(argc, argv); };
  return read;
}

int parse_and_run(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return 0;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help, --version
      app.exit(error);
      return std::cout.flush() ? 0 : report("cannot write to standard output", kFailed);
    }
    return report(std::string(error.what()) + " (see minnow --help)", kWrongWords);
  }
}

}  // namespace

int main(int argc, char** argv) {
  hold_standard_streams();
  std::signal(SIGPIPE, SIG_IGN);  // a closed stdout becomes an error we can name
  std::signal(SIGXFSZ, SIG_IGN);  // and so does a file that would pass this process's limit
  CLI::App app("Small language models on the device you have.", "minnow");
  add_words(app, [&](minnow::server::ServeOptions options) {
    options.read_again = [argc, argv] { return read_serve_options(argc, argv); };
    minnow::server::serve(std::move(options));
  });
  const auto is_first_word = [&](const CLI::App* command) { return command->check_name(argv[1]); };
  if (argc > 1 && argv[1][0] != '-' && app.get_subcommands(is_first_word).empty()) {
    return report("there is no command '" + std::string(argv[1]) + "' (see minnow --help)", kWrongWords);
  }
  try {
    return parse_and_run(app, argc, argv);
  } catch (const minnow::Error& error) {
    return report(error.what(), kFailed);
  } catch (const std::bad_alloc&) {
    return report("out of memory", kFailed);
  } catch (const std::exception& error) {
    return report(std::string("internal error: ") + error.what(), kFailed);
  }
}
