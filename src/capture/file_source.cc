#include "capture/file_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace parlance::capture {
namespace {

constexpr size_t kBuffer = 256 * 1024;  // small enough to stay in the second cache while its packets are looked at
constexpr size_t kBeginning = 24;       // enough to know a format by

}  // namespace

FileSource::FileSource(std::string path, uint32_t index, const Limits& limits)
    : path_(std::move(path)), index_(index), limits_(limits), buffer_(new uint8_t[kBuffer]), size_(kBuffer) {}

Result<std::unique_ptr<FileSource>> FileSource::open(const std::string& path, uint32_t index,
                                                     const Limits& limits, bool follow) {
  const std::string shown = path == "-" ? "standard input" : path;
  std::unique_ptr<FileSource> source(new FileSource(shown, index, limits));
  auto stream = open_byte_stream(path, follow);
  if (!stream) return tl::make_unexpected(stream.error());
  source->stream_ = std::move(*stream);
  while (source->at_hand().size() < kBeginning) {
    const Filled filled = source->fill(kBeginning);
    if (filled == Filled::failed) return tl::make_unexpected(source->error_);
    if (filled == Filled::end) break;
  }
  if (source->at_hand().empty()) return failure(shown, "the file is empty");
  source->format_ = format_of(source->at_hand(), limits);
  if (!source->format_) {
    return failure(shown, "this is no capture", "pcap and pcapng are read, also compressed with gzip, zstd or lz4");
  }
  return source;
}

/// Moves what is at hand to the front and reads behind it. Views into the buffer die here.
FileSource::Filled FileSource::fill(size_t wanted) {
  const size_t kept = end_ - begin_;
  if (wanted > size_) {  // formats bound what they want
    std::unique_ptr<uint8_t[]> larger(new uint8_t[wanted]);
    std::copy_n(buffer_.get() + begin_, kept, larger.get());
    buffer_ = std::move(larger);
    size_ = wanted;
  } else {
    std::copy_n(buffer_.get() + begin_, kept, buffer_.get());
  }
  begin_ = 0;
  end_ = kept;
  const auto got = stream_->read(std::span(buffer_.get(), size_).subspan(end_));
  if (!got) {
    error_ = got.error();
    return Filled::failed;
  }
  end_ += *got;
  if (*got > 0) return Filled::more;
  return stream_->at_end() ? Filled::end : Filled::nothing;
}

Next FileSource::damage(std::string what) {
  error_ = {fmt::format("{}: packet {} at byte {}", path_, packets_ + 1, offset_), std::move(what),
            "the packets before it were read"};
  return Next::damaged;
}

Next FileSource::next(std::span<RawPacket> batch, size_t& count) {
  count = 0;
  for (;;) {
    // Packets are views into the buffer, so a batch ends where the buffer has to be filled.
    while (count < batch.size()) {
      size_t used = 0;
      const Step step = at_hand().empty() ? Step::need_more
                                          : format_->step(at_hand(), batch[count], used);
      if (step == Step::need_more) {
        wanted_ = std::max<size_t>(used, 1);
        break;
      }
      if (step == Step::damaged) {
        if (count > 0) return Next::packets;  // the damage is met again by the next call
        return damage(format_->problem());
      }
      begin_ += used;
      offset_ += used;
      if (step == Step::passed && secrets().size() > secrets_shown_) {
        secrets_shown_ = secrets().size();
        return Next::packets;
      }
      if (step != Step::packet) continue;
      batch[count].frame = ++packets_;
      batch[count].source = index_;
      ++count;
    }
    if (count > 0) return Next::packets;
    switch (fill(wanted_)) {
      case Filled::more: break;
      case Filled::nothing: return Next::idle;
      case Filled::failed: return damage(error_.what);
      case Filled::end:
        if (at_hand().empty()) return Next::end;
        return damage(fmt::format("the file is cut short: {} octets are needed, {} are left", wanted_,
                                  at_hand().size()));
    }
  }
}

Result<std::vector<std::string>> expand_inputs(const std::vector<std::string>& paths) {
  namespace fs = std::filesystem;
  const Limits limits;
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (path == "-" || !fs::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> inside;
    for (fs::directory_iterator entry(path, error), end; !error && entry != end;
         entry.increment(error)) {
      if (!entry->is_regular_file()) continue;
      if (FileSource::open(entry->path(), 0, limits, false)) inside.push_back(entry->path());
    }
    if (error) return failure(path, "this folder cannot be read: " + error.message());
    if (inside.empty()) return failure(path, "there is no capture in this folder");
    std::sort(inside.begin(), inside.end());
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

}  // namespace parlance::capture
