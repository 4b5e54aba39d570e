#include "protocols/support/json_dialect.h"

#include <algorithm>

namespace parlance {
namespace {

constexpr size_t kMessages = 24;  // upgrades and first answers come late at times

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

class JsonDialectParser : public Parser {
 public:
  explicit JsonDialectParser(const JsonDialect& dialect) : dialect_(dialect) {}

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
    } while (!rest.empty() && !both_);
    if (both_) return findings.finish();
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
    Place shown = place;
    for (const JsonShape& shape : dialect_.shapes) {
      if (shape.from.value_or(direction) != direction || !has_shape(*scan, shape)) continue;
      met_[index(direction)] = true;
      shown = shown_of(*scan, shape, place);
      if (shape.strength > best_) {
        best_ = shape.strength;
        findings.confirm(shape.strength, shape.what, shown, std::string(shape.text));
      }
      break;
    }
    if (both_ || !met_[0] || !met_[1]) return;
    both_ = true;
    best_ = Strength::proof;
    findings.confirm(Strength::proof, "both-sides", shown, std::string(dialect_.both));
  }

  JsonDialect dialect_;
  uint64_t offsets_[2] = {0, 0};
  bool met_[2] = {false, false};
  bool both_ = false;
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
