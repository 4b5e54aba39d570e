#include "signatures/lead_filter.h"

#include <algorithm>
#include <bit>
#include <vector>

namespace parlance {
namespace {

/// A bit for each place at which the next octet of a match may stand; the last stands for all places
/// that are not looked at.
using Places = uint32_t;
constexpr Places kBeyond = 1u << kLeadOctets;
constexpr Places kEverywhere = 2 * kBeyond - 1;

Places moved_on(Places places) {
  return ((places << 1) | (places & kBeyond)) & kEverywhere;
}

/// Follows all ways through an expression at once, as far as the places go.
class LeadCollector final : public ExpressionVisitor {
 public:
  LeadSets sets() {
    at_ |= groups_.front().ends;
    anything_from(at_);  // behind the end of a match stands what likes
    return sets_;
  }
  void anything() { sets_.fill(OctetSet().set()); }

  void open_group(bool plain) override { groups_.push_back({at_, 0, plain}); }
  void next_branch() override {
    Group& group = groups_.back();
    group.ends |= at_;
    at_ = group.begin;
  }
  void close_group(const Repetition& repetition) override {
    const Group group = groups_.back();
    groups_.pop_back();
    at_ |= group.ends;
    if (repetition.least == 0 || !group.plain) at_ |= group.begin;
    if (repetition.most > 1 || !group.plain) at_ = anything_from(at_);
  }
  void atom(const OctetSet& octets, const Repetition& repetition) override {
    if (at_ == kBeyond) return;
    Places after = repetition.least == 0 ? at_ : 0;
    Places here = at_;
    for (unsigned times = 1; times <= std::min<unsigned>(repetition.most, kLeadOctets + 1); ++times) {
      for (Places left = here & ~kBeyond; left != 0; left &= left - 1) {
        sets_[static_cast<size_t>(std::countr_zero(left))] |= octets;
      }
      here = moved_on(here);
      if (times >= std::min<unsigned>(repetition.least, kLeadOctets + 1)) after |= here;
    }
    at_ = after;
  }

 private:
  struct Group {
    Places begin;  ///< where it begins
    Places ends;   ///< where its branches so far may end
    bool plain;
  };

  /// From the first of `places` on any octet may stand. Returns all places from there.
  Places anything_from(Places places) {
    const auto first = static_cast<size_t>(std::countr_zero(places | kBeyond));
    for (size_t place = first; place < kLeadOctets; ++place) sets_[place].set();
    return kEverywhere & ~((Places{1} << first) - 1);
  }

  LeadSets sets_{};
  Places at_ = 1;
  std::vector<Group> groups_ = std::vector<Group>(1, Group{1, 0, true});  ///< first: the whole
};

/// Counts places while each follows from the one before, whatever stands there.
class PlaceCounter final : public ExpressionVisitor {
 public:
  size_t places() const { return is_plain_ ? places_ : 0; }

  void open_group(bool) override { is_plain_ = false; }
  void next_branch() override { is_plain_ = false; }
  void close_group(const Repetition&) override { is_plain_ = false; }
  void assertion(char) override { is_plain_ = false; }
  void atom(const OctetSet&, const Repetition& repetition) override {
    is_plain_ = is_plain_ && repetition.least == repetition.most && repetition.most <= kLeadOctets - places_;
    if (is_plain_) places_ += repetition.most;
  }

 private:
  size_t places_ = 0;
  bool is_plain_ = true;
};

/// Looks whether each branch that is in no group begins with ^.
class AnchorFinder final : public ExpressionVisitor {
 public:
  bool found() const { return is_anchored_ && !begins_branch_; }

  void open_group(bool) override {
    needs_no_start();
    ++depth_;
  }
  void next_branch() override {
    if (depth_ > 0) return;
    needs_no_start();
    begins_branch_ = true;
  }
  void close_group(const Repetition&) override { --depth_; }
  void atom(const OctetSet&, const Repetition&) override { needs_no_start(); }
  void assertion(char what) override {
    if (what == '^') begins_branch_ = false;
    needs_no_start();
  }

 private:
  void needs_no_start() { is_anchored_ = is_anchored_ && !begins_branch_; }

  size_t depth_ = 0;
  bool begins_branch_ = true;
  bool is_anchored_ = true;
};

/// True if no escape but those of one octet stands in the expression. The walker may take others (\s, \pL,
/// \x{41}) for larger sets than they are: a filter may, a match may not.
bool has_plain_escapes_only(std::string_view expression) {
  constexpr std::string_view kOfOneOctet = "xnrtfae";
  for (size_t i = 0; i + 1 < expression.size(); ++i) {
    if (expression[i] != '\\') continue;
    const char escaped = expression[++i];
    const bool is_letter = (escaped | 0x20) >= 'a' && (escaped | 0x20) <= 'z';
    if (is_letter && kOfOneOctet.find(escaped) == std::string_view::npos) return false;
    if (expression.substr(i).starts_with("x{")) return false;
  }
  return true;
}

}  // namespace

bool is_anchored(std::string_view expression) {
  AnchorFinder finder;
  return walk_expression(expression, false, finder) && finder.found();
}

size_t width_told_by_lead(std::string_view expression, bool ignore_case) {
  if (ignore_case || !has_plain_escapes_only(expression)) return 0;  // [^K] is more than it seems
  PlaceCounter counter;
  return walk_expression(expression, ignore_case, counter) ? counter.places() : 0;
}

LeadSets lead_sets_of(std::string_view expression, bool ignore_case) {
  LeadCollector collector;
  if (!walk_expression(expression, ignore_case, collector)) collector.anything();
  return collector.sets();
}

size_t LeadFilter::add(const LeadSets& sets) {
  const size_t group = count_++ % kGroups;
  blocks_.reserve(kGroups / kBlock);  // they are large: to move them costs more than the room
  if (group / kBlock == blocks_.size()) blocks_.emplace_back();
  Block& block = blocks_[group / kBlock];
  const uint64_t bit = uint64_t{1} << group % kBlock;
  block.groups |= bit;
  for (size_t place = 0; place < kLeadOctets; ++place) {
    const OctetSet& octets = sets[place];
    if (octets.all()) {
      block.places[place].any |= bit;
      continue;
    }
    for (size_t octet = octets._Find_first(); octet < octets.size(); octet = octets._Find_next(octet)) {
      block.places[place].of[octet] |= bit;
    }
  }
  return group;
}

}  // namespace parlance
