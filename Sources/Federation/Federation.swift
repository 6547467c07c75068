/// Trust between servers.
public enum Federation {}
