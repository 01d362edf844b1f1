#include "text/jinja_clock.hpp"

#include "base/error.hpp"

namespace minnow::text::jinja {

namespace {

constexpr std::string_view kDays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::string_view kMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};

int hour_of_twelve(const std::tm& time) { return time.tm_hour % 12 == 0 ? 12 : time.tm_hour % 12; }

std::string offset_text(const std::tm& time) {
  const long minutes = (time.tm_gmtoff < 0 ? -time.tm_gmtoff : time.tm_gmtoff) / 60;
  return fmt::format("{}{:02}{:02}", time.tm_gmtoff < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

std::string number(int value, int width, char fill, bool unpadded) {
  if (unpadded) return fmt::format("{}", value);
  return fill == '0' ? fmt::format("{:0{}}", value, width) : fmt::format("{:{}}", value, width);
}

std::string directive(const std::tm& time, char letter, bool unpadded) {
  const auto two = [&](int value) { return number(value, 2, '0', unpadded); };
  switch (letter) {
    case 'a':
      return std::string(kDays[time.tm_wday].substr(0, 3));
    case 'A':
      return std::string(kDays[time.tm_wday]);
    case 'b':
    case 'h':
      return std::string(kMonths[time.tm_mon].substr(0, 3));
    case 'B':
      return std::string(kMonths[time.tm_mon]);
    case 'd':
      return two(time.tm_mday);
    case 'e':
      return number(time.tm_mday, 2, ' ', unpadded);
    case 'D':
      return fmt::format("{:02}/{:02}/{:02}", time.tm_mon + 1, time.tm_mday, time.tm_year % 100);
    case 'F':
      return fmt::format("{}-{:02}-{:02}", time.tm_year + 1900, time.tm_mon + 1, time.tm_mday);
    case 'H':
      return two(time.tm_hour);
    case 'I':
      return two(hour_of_twelve(time));
    case 'j':
      return number(time.tm_yday + 1, 3, '0', unpadded);
    case 'm':
      return two(time.tm_mon + 1);
    case 'M':
      return two(time.tm_min);
    case 'n':
      return "\n";
    case 'p':
      return time.tm_hour < 12 ? "AM" : "PM";
    case 'R':
      return fmt::format("{:02}:{:02}", time.tm_hour, time.tm_min);
    case 'S':
      return two(time.tm_sec);
    case 't':
      return "\t";
    case 'T':
      return fmt::format("{:02}:{:02}:{:02}", time.tm_hour, time.tm_min, time.tm_sec);
    case 'w':
      return fmt::format("{}", time.tm_wday);
    case 'y':
      return two(time.tm_year % 100);
    case 'Y':
      return fmt::format("{}", time.tm_year + 1900);
    case 'z':
      return offset_text(time);
    case 'Z':
      return time.tm_zone;
    case '%':
      return "%";
    default:
      fail(ErrorCode::unsupported, "strftime_now's directive '%{}' isn't supported", letter);
  }
}

}  // namespace

std::string format_time(std::time_t moment, std::string_view format) {
  std::tm time{};
  if (localtime_r(&moment, &time) == nullptr) fail(ErrorCode::invalid_input, "the time is out of range");
  std::string out;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      out.push_back(format[i]);
      continue;
    }
    const bool unpadded = format[++i] == '-' && i + 1 < format.size();
    if (unpadded) ++i;
    out += directive(time, format[i], unpadded);
  }
  return out;
}

}  // namespace minnow::text::jinja
