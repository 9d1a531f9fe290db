using CustomerIoDestination.SqliteQueue.Storage;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tests.Storage;

public sealed class StatementTests
{
    [Fact]
    public void A_statement_that_is_disposed_of_answers_with_an_error_and_ends_nothing()
    {
        using SqliteConnection connection = new("Data Source=:memory:");
        connection.Open();
        Statement statement = new(connection, "select ?1");
        statement.Bind(1, 7).ReadInt64().ShouldBe(7);

        statement.Dispose();

        Should.Throw<SqliteException>(() => statement.Bind(1, 8));
        Should.Throw<SqliteException>(() => statement.ReadInt64());
        statement.Reset();
    }
}
