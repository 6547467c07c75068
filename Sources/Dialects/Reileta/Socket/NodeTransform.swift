internal import JSON

/// Where a part of a player is and how it moves (contracts/reileta.md 5.3, "transform"), in ten-thousandths: numbers are cut to four decimals.
struct NodeTransform: Equatable {
    /// The largest number of a place, a size or a speed.
    static let bound = 1e9
    private static let scale = 10_000.0

    var position: SIMD3<Int64>
    var rotation: SIMD4<Int64>
    var size: SIMD3<Int64>
    var velocity: SIMD3<Int64>
    var angularVelocity: SIMD3<Int64>

    /// From the members `p`, `r`, `s`, `v` and `a`; the last two may be missing.
    ///
    /// - Throws: `Failure` 33.
    init(_ data: JSONObject) throws(Failure) {
        position = try Self.vector(data, "p")
        rotation = try Self.rotation(data)
        size = try Self.vector(data, "s")
        velocity = data.optional("v") == nil ? .zero : try Self.vector(data, "v")
        angularVelocity = data.optional("a") == nil ? .zero : try Self.vector(data, "a")
    }

    private static func vector(_ data: JSONObject, _ name: String) throws(Failure) -> SIMD3<Int64> {
        let object = try object(data, name)
        return SIMD3(try number(object, "x", name), try number(object, "y", name), try number(object, "z", name))
    }

    private static func rotation(_ data: JSONObject) throws(Failure) -> SIMD4<Int64> {
        let object = try object(data, "r")
        return SIMD4(
            try number(object, "x", "r"), try number(object, "y", "r"), try number(object, "z", "r"), try number(object, "w", "r"))
    }

    private static func object(_ data: JSONObject, _ name: String) throws(Failure) -> JSONObject {
        guard let object = try? data.optional(name)?.object() else {
            throw Failure(.instanceInvalidInput, "\(name): Must be an object of numbers.")
        }
        return object
    }

    private static func number(_ object: JSONObject, _ axis: String, _ name: String) throws(Failure) -> Int64 {
        guard let number = try? object.optional(axis)?.double(), number.isFinite, abs(number) <= bound else {
            throw Failure(.instanceInvalidInput, "\(name).\(axis): Must be a number from -1e9 to 1e9.")
        }
        return Int64((number * scale).rounded(.towardZero))
    }

    /// Writes the members `p`, `r`, `s`, `v` and `a`.
    func write(to json: inout JSONWriter) {
        Self.write(position, "p", to: &json)
        json.member(
            "r",
            object: { json in
                Self.write(rotation.x, "x", to: &json)
                Self.write(rotation.y, "y", to: &json)
                Self.write(rotation.z, "z", to: &json)
                Self.write(rotation.w, "w", to: &json)
            })
        Self.write(size, "s", to: &json)
        Self.write(velocity, "v", to: &json)
        Self.write(angularVelocity, "a", to: &json)
    }

    private static func write(_ vector: SIMD3<Int64>, _ name: StaticString, to json: inout JSONWriter) {
        json.member(
            name,
            object: { json in
                write(vector.x, "x", to: &json)
                write(vector.y, "y", to: &json)
                write(vector.z, "z", to: &json)
            })
    }

    private static func write(_ number: Int64, _ name: StaticString, to json: inout JSONWriter) {
        if number % Int64(scale) == 0 { json.member(name, number / Int64(scale)) } else { json.member(name, Double(number) / scale) }
    }
}
