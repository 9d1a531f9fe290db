using Amqp;
using Amqp.Listener;
using ServiceBusDouble.Wire;

namespace ServiceBusDouble;

/// <summary>
/// A stand-in for an Azure Service Bus namespace, in this process, on a real AMQP connection: enough for the client
/// <c>Azure.Messaging.ServiceBus</c> with queues. It knows no topics, rules, transactions, auto-forwarding, partitions and
/// no administration over HTTP; nobody is turned away. Nothing is written to disk.
/// </summary>
/// <remarks>
/// Built from observation of the client and from Microsoft's documentation, not from the broker, which nobody has the source
/// of: where the two differ, the broker is right. What is known not to be documented is said at the member it concerns.
/// </remarks>
public sealed class BrokerDouble : IAsyncDisposable
{
    // The client opens an AMQP session for each link, and one that receives by session opens links all the time; the library's 256 end the connection.
    private const int MaxSessionsPerConnection = 5_000;

    private readonly LoopbackTransports _transports;
    private readonly ContainerHost _host;
    private readonly Dictionary<string, QueueDouble> _queues = new(StringComparer.OrdinalIgnoreCase);

    private BrokerDouble(IEnumerable<QueueDefinition> queues, TimeProvider time, int port)
    {
        _transports = new LoopbackTransports(port);
        _host = new ContainerHost(new Address("localhost", _transports.Port, null, null, "/", "amqp"))
        {
            AddressResolver = (_, attach) => LinkRouter.PathOf(attach),
        };
        _host.CustomTransports["amqp"] = _transports;
        _host.RegisterRequestProcessor(EntityAddress.TokenNode, new TokenNode());
        foreach (QueueDefinition definition in queues)
        {
            QueueDouble queue = new(definition, time, _transports);
            _queues.Add(definition.Name, queue);
            foreach ((string path, ManagementNode node) in queue.ManagementNodes())
            {
                _host.RegisterRequestProcessor(path, node);
            }
        }

        _host.RegisterLinkProcessor(new LinkRouter(_queues));
        ConnectionListener listener = _host.Listeners[0];
        listener.HandlerFactory = _ => new ConnectionEvents();
        listener.AMQP.MaxSessionsPerConnection = MaxSessionsPerConnection;
        listener.SASL.EnableAnonymousMechanism = true;
        listener.SASL.EnableMechanism(AnySaslProfile.Name, new AnySaslProfile());
        _host.Open();
    }

    /// <summary>What a client connects with.</summary>
    public string ConnectionString =>
        FormattableString.Invariant($"Endpoint=sb://localhost:{_transports.Port};SharedAccessKeyName=double;SharedAccessKey=bm90IGEgc2VjcmV0;UseDevelopmentEmulator=true;");

    public int Port => _transports.Port;

    /// <summary>A queue by name, without regard to case.</summary>
    /// <exception cref="KeyNotFoundException">The broker was started without it.</exception>
    public QueueDouble this[string queue] => _queues[queue];

    /// <summary>Starts a broker on any free port of 127.0.0.1, on the real clock.</summary>
    public static BrokerDouble Start(params IEnumerable<QueueDefinition> queues) => Start(queues, TimeProvider.System);

    /// <summary>Starts a broker with one queue on its own clock.</summary>
    public static BrokerDouble Start(QueueDefinition queue, TimeProvider time) => Start([queue], time);

    /// <summary>Starts a broker.</summary>
    /// <param name="time">What locks, lifetimes, schedules and the duplicate window are measured by. Waits of clients are not: their patience is real.</param>
    /// <param name="port">0: any free one.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The port is taken.</exception>
    public static BrokerDouble Start(IEnumerable<QueueDefinition> queues, TimeProvider time, int port = 0) => new(queues, time, port);

    /// <summary>Breaks all connections as a network failure would; the listener stays, so that clients can come back.</summary>
    public void CutConnections() => _transports.CutAll();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _host.Close();
        _transports.CutAll();
        foreach (QueueDouble queue in _queues.Values)
        {
            await queue.DisposeAsync();
        }
    }
}
