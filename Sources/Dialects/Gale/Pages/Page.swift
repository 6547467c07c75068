internal import HTTP
internal import Primitives
internal import Security

/// The few pages of the API: whole in themselves, with nothing loaded from anywhere.
enum Page {
    /// A text as it stands in HTML, between tags and in quoted attributes.
    static func escape(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    /// A page that opens a link by itself. It stands there to be clicked and to be copied as well: not every system follows such links.
    ///
    /// - Parameter head: more elements of the head, as HTML.
    static func opening(_ link: String, title: String, text: String, head: String = "") -> HTTPResponse {
        // The address is taken from the link on the page, so that nothing but HTML has to be escaped.
        let script = "location.href = document.getElementById('link').href;"
        return page(
            title: title,
            head: head,
            body: """
                <p>\(escape(text))</p>
                <p><a id="link" href="\(escape(link))">Open Gale</a></p>
                <p><label>Or copy this: <input readonly value="\(escape(link))"></label></p>
                <script>\(script)</script>
                """,
            policy: "script-src 'sha256-\(Base64.encode(SHA256.hash(script.utf8)))'")
    }

    /// A whole page.
    ///
    /// - Parameter policy: what it may do besides showing itself (Content Security Policy).
    static func page(title: String, head: String = "", body: String, policy: String, status: HTTPStatus = .ok) -> HTTPResponse {
        let html = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(escape(title))</title>
            <style>\(style)</style>
            \(head)
            </head>
            <body>
            <main>
            <h1>\(escape(title))</h1>
            \(body)
            </main>
            </body>
            </html>

            """
        var response = HTTPResponse.bytes(Array(html.utf8), contentType: "text/html; charset=utf-8", status: status)
        let style = "style-src 'sha256-\(Base64.encode(SHA256.hash(style.utf8)))'"
        response.headers.set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; \(style); \(policy)")
        return response
    }

    private static let style = """
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
        body { margin: 0; display: grid; place-items: center; min-height: 100vh; }
        main { width: min(26rem, 90vw); padding: 1.5rem 0; }
        label { display: block; margin: 1rem 0; }
        input { box-sizing: border-box; width: 100%; padding: .5rem; font: inherit; }
        button { padding: .5rem 1.5rem; font: inherit; }
        [role=alert] { color: light-dark(#a00, #f88); }
        """
}
