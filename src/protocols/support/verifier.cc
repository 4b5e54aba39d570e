#include "protocols/support/verifier.h"

#include <utility>

namespace parlance {

void Verifier::confirm(Strength strength, std::string_view what, const Place& place, Sentence text,
                       Findings& findings) {
  if (strength <= best_) return;
  best_ = strength;
  findings.confirm(strength, what, place, std::move(text));
}

void Verifier::prove(std::string_view what, const Place& place, Sentence text, Findings& findings) {
  confirm(Strength::proof, what, place, std::move(text), findings);
  leave({}, findings);
}

void Verifier::wait_for_other(size_t& ignored, size_t octets, Findings& findings) {
  ignored += octets;
  if (ignored > findings.limits().message_octets) leave("one side does not speak", findings);
}

void Verifier::leave(std::string_view reason, Findings& findings) {
  if (over_) return;
  over_ = true;
  if (best_ == Strength::none) {
    findings.refute(reason);
  } else {
    findings.finish();
  }
}

}  // namespace parlance
