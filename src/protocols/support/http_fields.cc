#include "protocols/support/http_fields.h"

#include <algorithm>

namespace parlance {
namespace {

constexpr size_t kFieldOverhead = 32;  // counted for each field, RFC 9113 section 6.5.2

/// RFC 9113 section 8.2.1: no capitals, controls, space or octets above ASCII. A colon only begins a
/// pseudo-header field's name.
bool is_field_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c > ' ' && c < 0x7f && c != ':' && !(c >= 'A' && c <= 'Z');
  });
}

bool is_field_value(std::string_view value) {
  return value.find_first_of(std::string_view("\0\r\n", 3)) == std::string_view::npos;
}

int status_of(std::string_view text) {
  if (text.size() != 3 || text[0] < '1' || text[0] > '5') return 0;
  int status = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return 0;
    status = status * 10 + (c - '0');
  }
  return status;
}

}  // namespace

void HttpFieldSection::begin(uint64_t offset) {
  head_ = {};
  head_.offset = offset;
  authority_.clear();
  scheme_.clear();
  octets_ = 0;
  pseudo_over_ = malformed_ = cut_ = false;
}

bool HttpFieldSection::fits(std::string_view name, std::string_view value, const Limits& limits) {
  octets_ += name.size() + value.size() + kFieldOverhead;
  if (octets_ > limits.header_block_octets || head_.fields.size() >= limits.header_fields) {
    cut_ = true;
  }
  return !cut_;
}

void HttpFieldSection::add(std::string_view name, std::string_view value, const Limits& limits) {
  if (!fits(name, value, limits) || malformed_) return;
  if (!name.empty() && name.front() == ':') return add_pseudo(name.substr(1), value);
  pseudo_over_ = true;
  if (!is_field_name(name) || !is_field_value(value)) {
    malformed_ = true;
    return;
  }
  HttpField& field = head_.fields.emplace_back();
  field.name = name;
  field.value = value;
  field.offset = head_.offset;
}

void HttpFieldSection::set_once(std::string& place, std::string_view value) {
  malformed_ = malformed_ || !place.empty() || value.empty() || !is_field_value(value);
  place = value;
}

void HttpFieldSection::add_pseudo(std::string_view name, std::string_view value) {
  const bool status = name == "status";
  const HttpHead::Kind kind = status ? HttpHead::Kind::response : HttpHead::Kind::request;
  const bool mixed = head_.kind != HttpHead::Kind::none && head_.kind != kind;
  malformed_ = malformed_ || pseudo_over_ || mixed;
  head_.kind = kind;
  if (status) {
    malformed_ = malformed_ || head_.status != 0;
    head_.status = status_of(value);
    malformed_ = malformed_ || head_.status == 0;
  } else if (name == "method") {
    set_once(head_.method, value);
    malformed_ = malformed_ || !is_http_method(value);
  } else if (name == "path") {
    set_once(head_.target, value);
  } else if (name == "scheme") {
    set_once(scheme_, value);
  } else if (name == "protocol") {
    set_once(head_.protocol, value);
  } else if (name == "authority") {
    if (!value.empty()) set_once(authority_, value);  // some clients send an empty one
  } else {
    malformed_ = true;
  }
}

HttpFieldSection::Kind HttpFieldSection::end() {
  if (malformed_) return Kind::malformed;
  if (head_.kind == HttpHead::Kind::none) return Kind::trailers;
  if (head_.kind == HttpHead::Kind::response) return Kind::response;
  // RFC 9113 sections 8.3.1 and 8.5, RFC 8441 section 4.
  if (head_.method.empty()) return Kind::malformed;
  if (is_plain_connect(head_)) {
    if (authority_.empty() || !scheme_.empty() || !head_.target.empty()) return Kind::malformed;
    head_.target = authority_;
  }
  const bool extended = !head_.protocol.empty();
  if (head_.target.empty() || (extended && (head_.method != "CONNECT" || authority_.empty()))) {
    return Kind::malformed;
  }
  if (!is_plain_connect(head_) && scheme_.empty()) return Kind::malformed;
  if (!authority_.empty()) {
    head_.fields.insert(head_.fields.begin(), {"host", authority_, head_.offset});
  }
  return Kind::request;
}

}  // namespace parlance
