namespace CustomerIoDestination.HttpApi.Authentication;

/// <summary>What becomes of a request to a route whose keys are not configured.</summary>
public enum KeylessPolicy
{
    /// <summary>
    /// The local host: callers on this machine need no key. Requests another site's page makes a browser send are refused on all
    /// routes, and so are host names that are not this machine's (DNS rebinding).
    /// </summary>
    LoopbackOnly,

    /// <summary>A host that can be reached from outside: 403 <c>keys_missing</c>.</summary>
    Refuse,
}
