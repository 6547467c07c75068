/// Requests to other servers.
public enum HTTPClient {}
