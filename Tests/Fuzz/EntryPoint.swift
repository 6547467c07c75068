#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The harness that scripts/fuzz asks for.
private let harness: Harness = {
    guard let name = getenv("ROOST_FUZZ_HARNESS").map({ String(cString: $0) }), let harness = Harness(rawValue: name) else {
        fatalError("ROOST_FUZZ_HARNESS must be one of: \(Harness.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return harness
}()

/// What libFuzzer calls with each input. A finding ends the process, so that the input is kept.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do throws(Finding) {
        try harness.run(Array(UnsafeBufferPointer(start: start, count: count)))
    } catch {
        fatalError("Finding: \(error)")
    }
    return 0
}
