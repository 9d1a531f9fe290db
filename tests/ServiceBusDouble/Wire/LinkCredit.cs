using System.Runtime.CompilerServices;
using Amqp;
using Amqp.Listener;

namespace ServiceBusDouble.Wire;

/// <summary>
/// The credit of a link as the AMQP library counts it, and the lock it counts under; both are internal there. What it tells
/// an endpoint instead are changes, and those that arrive while an attach is being answered it tells twice: whoever adds
/// them up sends more than the client asked for, which ends the link.
/// </summary>
internal static class LinkCredit
{
    /// <summary>Sends by <paramref name="send"/> if the client has asked for a message; credit cannot change meanwhile.</summary>
    public static bool TryUse(ListenerLink link, Func<bool> send)
    {
        lock (LockOf(link))
        {
            return !link.IsClosed && CreditOf(link) > 0 && send();
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Credit")]
    private static extern uint CreditOf(ListenerLink link);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_ThisLock")]
    private static extern object LockOf(Link link);
}
