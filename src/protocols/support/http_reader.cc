#include "protocols/support/http_reader.h"

#include <algorithm>

namespace parlance {

void HttpReader::feed(Bytes octets) {
  heard_ |= !octets.empty();
  view_ = input_.append(octets);
  used_ = 0;
}

HttpReader::Event HttpReader::next(const Limits& limits) {
  switch (state_) {
    case State::paused:
      return Event::need_more;
    case State::lost:
      if (rest().empty()) return Event::need_more;
      if (rest().size() < 12 || !may_start_http(rest())) {
        lost_octets_ += rest().size();
        used_ = view_.size();
        return Event::need_more;
      }
      state_ = State::head;
      recovering_ = true;
      return next_line(limits);
    case State::head:
      return next_line(limits);
    case State::body:
      break;
  }
  used_ += body_.read(rest());
  if (body_.damaged()) return Event::not_http;
  if (!body_.done()) return Event::need_more;
  state_ = State::head;
  return Event::body;
}

HttpReader::Event HttpReader::next_line(const Limits& limits) {
  if (rest().empty()) return Event::need_more;
  if (fresh_) reader_.clear();
  fresh_ = false;
  for (;;) {
    const Bytes view = rest();
    if (!reader_.inside() && !view.empty() && !may_start_http(view)) return not_http();
    // As text: that is searched many octets at a time.
    const size_t length = as_text(view).find('\n', std::min(searched_, view.size()));
    if (length == std::string_view::npos) {
      searched_ = view.size();
      return searched_ > limits.header_block_octets ? not_http() : Event::need_more;
    }
    std::string_view line = as_text(view.first(length));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    const uint64_t offset = input_.offset() + used_;
    used_ += length + 1;
    searched_ = 0;
    switch (reader_.take(line, offset, limits)) {
      case HttpHeadReader::Answer::more:
        break;
      case HttpHeadReader::Answer::started:
        recovering_ = false;
        return Event::start_line;
      case HttpHeadReader::Answer::not_http:
        return not_http();
      case HttpHeadReader::Answer::done:
        state_ = State::body;
        fresh_ = true;
        return Event::head;
    }
  }
}

// What looked like a start line behind a hole was none: the search goes on.
HttpReader::Event HttpReader::not_http() {
  if (!recovering_) return Event::not_http;
  lost_octets_ += view_.size();
  used_ = view_.size();
  lose();
  return Event::need_more;
}

void HttpReader::settle() {
  input_.consume(used_);
  view_ = {};
  used_ = 0;
}

void HttpReader::lose() {
  state_ = State::lost;
  searched_ = 0;
  fresh_ = true;
  recovering_ = false;
}

void HttpReader::skip_gap(uint64_t length) {
  const bool inside = state_ == State::body && body_.skip(length);
  input_.skip_gap(length);
  if (!inside) lose();
}

Bytes HttpReader::take_rest() {
  view_ = input_.append({});
  used_ = view_.size();
  return view_;
}

}  // namespace parlance
