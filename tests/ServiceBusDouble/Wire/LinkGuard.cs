using System.Runtime.CompilerServices;
using Amqp;
using Amqp.Listener;

namespace ServiceBusDouble.Wire;

/// <summary>
/// Lets a thread other than the connection's own send over a link. The AMQP library allows it, but two of its counts then
/// go wrong, so the sender holds the library's own locks, which are internal there (as of AMQPNetLite 2.5.5):
/// <list type="bullet">
/// <item>Credit. An endpoint is told changes only, and those that arrive while its attach is being answered twice; whoever
/// adds them up sends more than was asked for, and the client closes the link. So the link's own count is read.</item>
/// <item>The session's window. A transfer is counted after it was written; when the client's next flow is quicker, the
/// window comes out as none, and everything waits for a flow that nobody has a reason to send. So flows wait meanwhile.</item>
/// </list>
/// </summary>
internal static class LinkGuard
{
    /// <summary>Calls <paramref name="send"/> if the client has asked for a message; what it says in answer is looked at afterwards.</summary>
    public static bool TrySend(ListenerLink link, Func<bool> send)
    {
        lock (LockOf(link))
        {
            lock (LockOf(link.Session))
            {
                return !link.IsClosed && CreditOf(link) > 0 && send();
            }
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Credit")]
    private static extern uint CreditOf(ListenerLink link);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_ThisLock")]
    private static extern object LockOf(Link link);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_ThisLock")]
    private static extern object LockOf(Session session);
}
