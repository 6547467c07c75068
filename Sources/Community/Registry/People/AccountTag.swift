/// Tags of people that mean something (contracts/reileta.md 1.3): what somebody may do, besides what everybody may.
public enum AccountTag {
    /// May do everything: the administrators of the community.
    public static let admin = "avr:admin"
    /// A program.
    public static let bot = "avr:bot"
    /// The server itself.
    public static let root = "avr:root"
    /// May not log in.
    public static let disabled = "avr:disabled"
    /// May log in and register.
    public static let logIn = "avr:login_user"
    /// May change the own account.
    public static let editUser = "avr:edit_user"
    /// May delete the own account.
    public static let deleteSelf = "avr:delete_self_user"
    /// May delete anybody's account.
    public static let deleteUser = "avr:delete_user"
    /// May read what other servers have.
    public static let fetchExternal = "avr:fetch_external"
    /// May see where others are at home.
    public static let readHome = "avr:get_home_user"
    /// May make worlds.
    public static let worldCreator = "avr:world_creator"
    /// May make instances.
    public static let instanceCreator = "avr:instance_creator"
    /// May make services.
    public static let serviceCreator = "avr:service_creator"

    /// What everybody may unless the operator says otherwise (contracts/configuration.md, `reileta.default_tags`).
    public static let defaults = [logIn, editUser, deleteSelf, fetchExternal, worldCreator, instanceCreator]
}
