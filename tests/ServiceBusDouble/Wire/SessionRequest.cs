using System.Runtime.CompilerServices;
using Amqp;
using Amqp.Framing;
using Amqp.Listener;

namespace ServiceBusDouble.Wire;

/// <summary>A client that waits for the next free session: an attach that is not answered yet. It is answered once, by whoever comes first: a session, the end of the wait, or the client that goes away.</summary>
internal sealed class SessionRequest
{
    private static readonly ConditionalWeakTable<Link, SessionRequest> Waiting = [];

    private readonly AttachContext _attach;
    private int _answered;

    /// <param name="attach">The attach to answer.</param>
    /// <param name="wait">How long to wait, on the real clock, since it is the client's patience.</param>
    public SessionRequest(AttachContext attach, TimeSpan wait)
    {
        _attach = attach;
        Waiting.Add(attach.Link, this);
        attach.Link.AddClosedCallback((_, _) => TryAnswer());
        _ = LosePatienceAsync(wait);
    }

    public bool IsAnswered => Volatile.Read(ref _answered) != 0;

    public AttachContext Attach => _attach;

    /// <summary>Takes the right to answer.</summary>
    public bool TryAnswer() => Interlocked.Exchange(ref _answered, 1) == 0;

    public void Refuse(Error error)
    {
        if (TryAnswer())
        {
            AttachAnswer.Refuse(_attach, error);
        }
    }

    /// <summary>The client takes its request back; does nothing when the link is not waiting.</summary>
    public static void Withdraw(Link link)
    {
        if (Waiting.TryGetValue(link, out SessionRequest? request))
        {
            request.Refuse(WireErrors.Timeout());
        }
    }

    private async Task LosePatienceAsync(TimeSpan wait)
    {
        await Task.Delay(wait);
        Refuse(WireErrors.Timeout());
    }
}
