#include "server/configuration_change.hpp"

#include <algorithm>

namespace minnow::server {
namespace {

const ModelEntry* find(const std::vector<ModelEntry>& entries, const std::string& id) {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.id == id; });
  return found == entries.end() ? nullptr : &*found;
}

void compare_models(const ServeOptions& before, const ServeOptions& now, std::vector<std::string>& changed) {
  for (const ModelEntry& entry : now.models) {
    const ModelEntry* old = find(before.models, entry.id);
    if (old == nullptr) changed.push_back("new model '" + entry.id + "'");
    if (old != nullptr && !same_model(*old, entry)) changed.push_back("model '" + entry.id + "'");
  }
  for (const ModelEntry& entry : before.models) {
    if (find(now.models, entry.id) == nullptr) changed.push_back("no model '" + entry.id + "' any more");
  }
  if (!now.models.empty() && !before.models.empty() && now.models.front().id != before.models.front().id) {
    changed.push_back("'" + now.models.front().id + "' is the first model");
  }
}

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

ConfigurationChange compare(const ServeOptions& before, const ServeOptions& now) {
  ConfigurationChange change{.certificates = before.tls.has_value() && now.tls.has_value()};
  const auto note = [](bool differs, std::vector<std::string>& list, const char* name) {
    if (differs) list.emplace_back(name);
  };
  compare_models(before, now, change.changed);
  note(!(before.limits == now.limits), change.changed, "limits of connections");
  note(!(before.pool == now.pool), change.changed, "room for models");
  note(!(before.defaults == now.defaults), change.changed, "defaults of answers");
  note(before.drain != now.drain, change.changed, "--drain-timeout");
  note(before.page != now.page, change.changed, "the page");
  note(before.host != now.host, change.restarts, "--host");
  note(before.port != now.port, change.restarts, "--port");
  note(before.unix_socket != now.unix_socket, change.restarts, "--socket");
  note(before.tls.has_value() != now.tls.has_value(), change.restarts, "TLS");
  return change;
}

std::string ConfigurationChange::sentence() const {
  std::vector<std::string> news;
  if (keys) news.emplace_back("keys");
  if (certificates) news.emplace_back("certificates");
  news.insert(news.end(), changed.begin(), changed.end());
  std::string text = "read the configuration again: ";
  text += news.empty() ? "nothing has changed" : listed(news);
  if (!restarts.empty()) text += "; a restart is needed for " + listed(restarts);
  return text;
}

}  // namespace minnow::server
