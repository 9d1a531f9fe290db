using System.Threading.Channels;
using Amqp.Framing;
using Amqp.Listener;
using ServiceBusDouble.Faults;
using ServiceBusDouble.Store;

namespace ServiceBusDouble.Wire;

/// <summary>
/// The receiving side of a queue or dead-letter sub-queue: brings what the store has to the links that wait. One loop does
/// all of it, woken by whatever may have changed something: a message, a settlement, credit, a link, time.
/// </summary>
internal sealed class QueueNode : IAsyncDisposable
{
    private readonly QueueDefinition _definition;
    private readonly QueueStore _store;
    private readonly bool _hasSessions;
    private readonly TimeProvider _time;
    private readonly FaultPlan _faults;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _gate = new();
    private readonly List<ReceiverLink> _links = [];
    private readonly List<SessionRequest> _requests = [];
    private readonly ITimer _timer;
    private readonly Task _loop;

    public QueueNode(QueueDefinition definition, QueueStore store, bool isDeadLetters, TimeProvider time, FaultPlan faults)
    {
        (_definition, _store, _time, _faults) = (definition, store, time, faults);
        _hasSessions = definition.RequiresSession && !isDeadLetters;
        _timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _store.Changed += OnChanged;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Answers a client that wants to receive.</summary>
    public void Attach(AttachContext attach)
    {
        bool wantsSession = SessionFilter.TryRead(attach.Attach, out string? sessionId);
        if (wantsSession != _hasSessions)
        {
            attach.Complete(WireErrors.NotAllowed(_hasSessions
                ? $"It is not possible for the entity '{_definition.Name}' that requires sessions to create a non-sessionful message receiver."
                : $"A sessionful message receiver cannot be created on the entity '{_definition.Name}' that does not require sessions."));
        }
        else if (!wantsSession)
        {
            Open(attach, sessionId: null);
        }
        else if (_faults.Next(BrokerOperation.AcceptSession) is { } fault)
        {
            attach.Complete(WireErrors.OfFault(fault));
        }
        else if (sessionId is null)
        {
            lock (_gate)
            {
                _requests.Add(new SessionRequest(attach, SessionFilter.WaitOf(attach.Attach)));
            }

            Wake();
        }
        else if (_store.AcceptSession(attach.Link.Name, sessionId) is SessionOutcome.Granted granted)
        {
            Grant(attach, granted);
        }
        else
        {
            attach.Complete(WireErrors.SessionCannotBeLocked(sessionId));
        }
    }

    public void DetachAll(Error error)
    {
        foreach (ReceiverLink link in Links())
        {
            link.Detach(error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _store.Changed -= OnChanged;
        _wake.Writer.TryComplete();
        await _timer.DisposeAsync();
        await _loop.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private void OnChanged(object? sender, EventArgs args) => Wake();

    private void Wake() => _wake.Writer.TryWrite(true);

    private async Task RunAsync()
    {
        await foreach (bool _ in _wake.Reader.ReadAllAsync())
        {
            _store.Advance();
            GrantSessions();
            ReceiverLink[] links = Links();
            SendAll(links);

            foreach (ReceiverLink link in links)
            {
                link.Finish();
            }

            Rewind();
        }
    }

    /// <summary>One message a link and round, so that no receiver starves another.</summary>
    private static void SendAll(ReceiverLink[] links)
    {
        bool sent = true;
        while (sent)
        {
            sent = false;
            foreach (ReceiverLink link in links)
            {
                sent |= link.TrySend();
            }
        }
    }

    private void GrantSessions()
    {
        SessionRequest[] requests;
        lock (_gate)
        {
            _requests.RemoveAll(request => request.IsAnswered);
            requests = [.. _requests];
        }

        foreach (SessionRequest request in requests)
        {
            if (_store.AcceptSession(request.Attach.Link.Name, sessionId: null) is not SessionOutcome.Granted granted)
            {
                return;
            }

            if (request.TryAnswer())
            {
                Grant(request.Attach, granted);
            }
            else
            {
                _store.ReleaseSessions(request.Attach.Link.Name);
            }
        }
    }

    private void Grant(AttachContext attach, SessionOutcome.Granted granted)
    {
        SessionFilter.Write(attach.Attach, granted);
        Open(attach, granted.SessionId);
    }

    private void Open(AttachContext attach, string? sessionId)
    {
        ReceiverLink link = new(attach.Link, _store, _faults, sessionId, Wake, closed => Close(closed, attach.Link.Name));
        lock (_gate)
        {
            _links.Add(link);
        }

        if (!AttachAnswer.TryOpen(attach, link))
        {
            Close(link, attach.Link.Name);
        }
    }

    private void Close(ReceiverLink link, string holder)
    {
        lock (_gate)
        {
            _links.Remove(link);
        }

        _store.ReleaseSessions(holder);
    }

    private ReceiverLink[] Links()
    {
        lock (_gate)
        {
            return [.. _links];
        }
    }

    private void Rewind()
    {
        if (_store.NextDue is { } due)
        {
            TimeSpan wait = due - _time.GetUtcNow();
            _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(wait.TotalMilliseconds, 0))), Timeout.InfiniteTimeSpan);
        }
    }
}
