#include "protocols/support/json_dialect.h"

#include <algorithm>
#include <string>
#include <vector>

namespace parlance {
namespace {

constexpr size_t kMessages = 24;  // upgrades and first answers come late at times
constexpr size_t kIdOctets = 64;  // of an id that waits for its echo; UUIDs have 36

const JsonMember* member_for(const JsonScan& scan, const JsonNeed& need) {
  if (scan.type() == JsonType::object) return scan.find(need.key);
  const auto at = static_cast<size_t>(need.key.front() - '0');
  return at < scan.members().size() ? &scan.members()[at] : nullptr;
}

bool is_met(const JsonScan& scan, const JsonNeed& need) {
  const JsonMember* member = member_for(scan, need);
  if (member == nullptr) return false;
  if (need.type != JsonType::none && member->type != need.type) return false;
  if (!need.value.empty() && member->text != need.value) return false;
  if (!member->text.starts_with(need.begins)) return false;
  return need.holds.empty() || member->text.find(need.holds) != std::string_view::npos;
}

/// What evidence shows of a record: the first member that had to have a certain value, else the key
/// of the first that had to be there. The others hold what people say to each other, and tokens.
Place shown_of(const JsonScan& scan, const JsonShape& shape, const Place& record) {
  const auto at = [&](std::string_view part) {
    const auto before = static_cast<size_t>(part.data() - as_text(record.octets).data());
    return Place{record.direction, record.offset + before, as_bytes(part)};
  };
  for (const JsonNeed& need : shape.needs) {
    if (!need.value.empty()) return at(written(*member_for(scan, need)));
  }
  const bool has_key = scan.type() == JsonType::object && !shape.needs[0].key.empty();
  if (!has_key) return {record.direction, record.offset, first_of(record.octets, 1)};
  const std::string_view key = member_for(scan, shape.needs[0])->key;
  return at({key.data() - 1, key.size() + 2});
}

/// Whether `member` repeats `id`, itself or as a string among its elements.
bool repeats(const JsonMember& member, std::string_view id) {
  if (member.type != JsonType::array) return member.text == id;
  // A short id may also be a part of the ids before it.
  for (size_t at = member.text.find(id); at != std::string_view::npos;
       at = member.text.find(id, at + 1)) {
    const size_t end = at + id.size();
    if (at > 0 && end < member.text.size() && member.text[at - 1] == '"' && member.text[end] == '"')
      return true;
  }
  return false;
}

class JsonDialectParser : public Parser {
 public:
  explicit JsonDialectParser(const JsonDialect& dialect)
      : dialect_(dialect),
        names_applications_(
            std::any_of(dialect.shapes.begin(), dialect.shapes.end(),
                        [](const JsonShape& each) { return !each.supports.empty(); })) {}

  void data(Direction direction, Bytes octets, Findings& findings) override {
    const uint64_t offset = offsets_[index(direction)];
    offsets_[index(direction)] += octets.size();
    if (octets.empty()) return;
    std::string_view rest = as_text(octets);
    do {
      const size_t end =
          dialect_.separator == '\0' ? std::string_view::npos : rest.find(dialect_.separator);
      // A record without its separator is no record.
      if (dialect_.separator != '\0' && end == std::string_view::npos) break;
      const std::string_view record = rest.substr(0, end);
      look(direction, record, {direction, offset + octets.size() - rest.size(), as_bytes(record)},
           findings);
      rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    } while (!rest.empty() && !said_all());
    if (said_all()) return findings.finish();
    if (++messages_ < kMessages) return;
    if (best_ == Strength::none) {
      findings.refute("no message of its kind");
    } else {
      findings.finish();
    }
  }

 private:
  void look(Direction direction, std::string_view record, const Place& place, Findings& findings) {
    const auto scan = JsonScan::read(record);
    if (!scan) return;
    for (const JsonShape& shape : dialect_.shapes) {
      if (shape.from.value_or(direction) != direction || !has_shape(*scan, shape)) continue;
      return met(direction, *scan, shape, shown_of(*scan, shape, place), findings);
    }
  }

  void met(Direction direction, const JsonScan& scan, const JsonShape& shape, const Place& shown,
           Findings& findings) {
    own_ = own_ || shape.strength >= Strength::strong;
    if (shape.echo.empty()) {
      met_[index(direction)] = true;
    } else if (const JsonMember* id = scan.find(shape.echo)) {
      echoed_ = echoed_ || is_echo(direction, *id);
    }
    confirm(shape.strength, shape.what, shown, shape.text, findings);
    if (!shape.supports.empty() && !named_) {
      named_ = true;
      findings.support(shape.supports, Strength::strong, shape.what, shown,
                       std::string(shape.text));
    }
    const bool both = met_[0] && met_[1];
    if (!both && !echoed_) return;
    if (own_ || !dialect_.common_words) {
      confirm(Strength::proof, both ? "both-sides" : "echo", shown, dialect_.both, findings);
    } else if (echoed_) {
      confirm(Strength::hint, "echo", shown, "an answer repeats the id of its request", findings);
    }
  }

  void confirm(Strength strength, std::string_view what, const Place& shown, std::string_view text,
               Findings& findings) {
    if (strength <= best_) return;
    best_ = strength;
    findings.confirm(strength, what, shown, std::string(text));
  }

  /// Whether the other side sent that id before; if not, it is remembered.
  bool is_echo(Direction direction, const JsonMember& id) {
    const std::vector<std::string>& asked = ids_[index(opposite(direction))];
    if (std::any_of(asked.begin(), asked.end(),
                    [&](const std::string& each) { return repeats(id, each); })) {
      return true;
    }
    // Never more than kMessages of them, but for dialects with a separator.
    std::vector<std::string>& mine = ids_[index(direction)];
    if (!id.text.empty() && id.text.size() <= kIdOctets && mine.size() < kMessages) {
      mine.emplace_back(id.text);
    }
    return false;
  }

  /// Which application it is may show only behind the first messages.
  bool said_all() const { return best_ == Strength::proof && (named_ || !names_applications_); }

  JsonDialect dialect_;
  uint64_t offsets_[2] = {0, 0};
  bool names_applications_;
  bool met_[2] = {false, false};
  std::vector<std::string> ids_[2];
  bool echoed_ = false;
  bool own_ = false;    // a shape that is strong by itself was met
  bool named_ = false;  // and one that only one application sends
  Strength best_ = Strength::none;
  size_t messages_ = 0;
};

}  // namespace

bool has_shape(const JsonScan& scan, const JsonShape& shape) {
  if (scan.type() != shape.top) return false;
  if (shape.size != 0 && scan.size() != shape.size) return false;
  return std::all_of(std::begin(shape.needs), std::end(shape.needs),
                     [&](const JsonNeed& need) { return need.key.empty() || is_met(scan, need); });
}

std::unique_ptr<Parser> make_json_dialect_parser(const JsonDialect& dialect) {
  return std::make_unique<JsonDialectParser>(dialect);
}

}  // namespace parlance
