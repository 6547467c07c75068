/// Events for other servers.
public enum Webhooks {}
