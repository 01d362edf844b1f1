#include "text/grammar/string_formats.hpp"

#include <utility>

namespace minnow::text {
namespace {

// RFC 3339. February 29 exists in years divisible by 4, but of those divisible by 100 only in every fourth.
#define MINNOW_DATE                                                                                       \
  "(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|"         \
  "02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)" \
  "-02-29)"
#define MINNOW_TIME                                                                                   \
  "(?:(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,15})?(?:[zZ]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)|" \
  "23:59:60(?:\\.\\d{1,15})?(?:[zZ]|[+-]00:00))"
// RFC 1123: labels of at most 63 characters, 253 together; here three long labels, or nine shorter ones. Never two
// hyphens in a row: "xn--" begins an encoded name, of which only some are valid.
#define MINNOW_LABEL "(?:[a-zA-Z0-9]{1,63}|(?:[a-zA-Z0-9]-?){0,31}[a-zA-Z0-9])"
#define MINNOW_SHORT_LABEL "(?:[a-zA-Z0-9]-?){0,12}[a-zA-Z0-9]"
#define MINNOW_HOST \
  "(?:" MINNOW_LABEL "(?:\\." MINNOW_LABEL "){0,2}|" MINNOW_SHORT_LABEL "(?:\\." MINNOW_SHORT_LABEL "){0,8})"
#define MINNOW_BYTE "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)"
#define MINNOW_IPV4 MINNOW_BYTE "(?:\\." MINNOW_BYTE "){3}"
#define MINNOW_ATOM "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]"
// RFC 3986.
#define MINNOW_NAME_CHARACTER "(?:[a-zA-Z0-9._~!$&'()*+,;=-]|%[0-9a-fA-F]{2})"
#define MINNOW_PATH_CHARACTER "(?:[a-zA-Z0-9._~!$&'()*+,;=:@-]|%[0-9a-fA-F]{2})"
#define MINNOW_QUERY "(?:" MINNOW_PATH_CHARACTER "|[/?])*"

// RFC 4291: eight groups; "::" stands once for one or more that are zero; the last two may be an IPv4 address.
std::string ipv6() {
  const std::string group = "[0-9a-fA-F]{1,4}";
  const std::string tail = "(?:" + group + ":" + group + "|" MINNOW_IPV4 ")";
  std::string all = "(?:" + group + ":){6}" + tail;
  // `before` groups, "::", then at most 7 - before groups, of which an IPv4 address at the end counts as two.
  for (int before = 0; before <= 7; ++before) {
    std::string head;
    if (before > 0) head = group + "(?::" + group + "){" + std::to_string(before - 1) + "}";
    const int after = 7 - before;
    all += "|" + head + "::";
    if (after == 0) continue;
    std::string rest = group + "(?::" + group + "){0," + std::to_string(after - 1) + "}";
    if (after >= 2) rest += "|(?:" + group + ":){0," + std::to_string(after - 2) + "}" MINNOW_IPV4;
    all += "(?:" + rest + ")?";
  }
  return all;
}

const std::string& ipv6_pattern() {
  static const std::string kPattern = ipv6();
  return kPattern;
}

const std::pair<std::string_view, const char*> kFormats[] = {
    {"date", MINNOW_DATE},
    {"time", MINNOW_TIME},
    {"date-time", MINNOW_DATE "[tT]" MINNOW_TIME},
    {"duration",
     "P(?:\\d{1,9}W|(?:\\d{1,9}Y(?:\\d{1,9}M(?:\\d{1,9}D)?)?|\\d{1,9}M(?:\\d{1,9}D)?|\\d{1,9}D)?"
     "(?:T(?:\\d{1,9}H(?:\\d{1,9}M(?:\\d{1,9}S)?)?|\\d{1,9}M(?:\\d{1,9}S)?|\\d{1,9}S))|"
     "(?:\\d{1,9}Y(?:\\d{1,9}M(?:\\d{1,9}D)?)?|\\d{1,9}M(?:\\d{1,9}D)?|\\d{1,9}D))"},
    {"email", "(?:" MINNOW_ATOM "{1,64}|" MINNOW_ATOM "{1,15}(?:\\." MINNOW_ATOM "{1,15}){1,3})@" MINNOW_HOST},
    {"hostname", MINNOW_HOST},
    {"ipv4", MINNOW_IPV4},
    {"ipv6", nullptr},  // see ipv6()
    {"uuid", "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"},
    {"uri", "[a-zA-Z][a-zA-Z0-9+.-]*:(?://(?:(?:" MINNOW_NAME_CHARACTER "|:)*@)?" MINNOW_NAME_CHARACTER
            "*(?::\\d{0,5})?(?:/" MINNOW_PATH_CHARACTER "*)*|/?(?:" MINNOW_PATH_CHARACTER "+(?:/" MINNOW_PATH_CHARACTER
            "*)*)?)(?:\\?" MINNOW_QUERY ")?(?:#" MINNOW_QUERY ")?"},
    {"json-pointer", "(?:/(?:[^/~]|~[01])*)*"},
};

}  // namespace

const char* format_pattern(std::string_view format) {
  for (const auto& [name, pattern] : kFormats) {
    if (name == format) return pattern != nullptr ? pattern : ipv6_pattern().c_str();
  }
  return nullptr;
}

std::string known_formats() {
  std::string names;
  for (const auto& [name, pattern] : kFormats) names += (names.empty() ? "" : ", ") + std::string(name);
  return names;
}

}  // namespace minnow::text
