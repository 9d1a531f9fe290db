using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Tests.TrackApi;

public sealed class WireTests
{
    [Fact]
    public void The_handler_on_the_wire_follows_no_redirect_and_renews_its_connections()
    {
        using SocketsHttpHandler handler = TrackApiWire.CreateSocketsHandler();

        handler.AllowAutoRedirect.ShouldBeFalse();
        handler.UseCookies.ShouldBeFalse();
        handler.PooledConnectionLifetime.ShouldBeLessThanOrEqualTo(TimeSpan.FromMinutes(5));
    }
}
