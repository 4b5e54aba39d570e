// Starts libcrypto.
#pragma once

namespace parlance {

/// To be called before anything asks for a digest or a cipher; saves a start a millisecond. Without
/// it libcrypto starts itself, with everything that it has.
void start_crypto();

}  // namespace parlance
