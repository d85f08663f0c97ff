import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ServiceLoader;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/**
 * POST / gives the body to the function: the UnaryOperator that META-INF/services of a jar names. What it makes of the text is the
 * answer. GET / says that this is there.
 */
public class Server {
    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(System.getenv("FUNCTION_PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.createContext("/", Server::answer);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        int status = 200;
        String text;
        try {
            String body = new String(exchange.getRequestBody().readAllBytes(), "UTF-8");
            text = exchange.getRequestMethod().equals("POST") ? function().apply(body) : "{\"language\": \"java\"}";
        } catch (Exception error) {
            error.printStackTrace();
            status = 500;
            text = "{\"error\": \"the function failed\"}";
        }
        byte[] bytes = text.getBytes("UTF-8");
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @SuppressWarnings("unchecked")
    private static UnaryOperator<String> function() {
        return ServiceLoader.load(UnaryOperator.class, ClassLoader.getSystemClassLoader()).findFirst().orElseThrow();
    }
}
