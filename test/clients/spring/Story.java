import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.vault.VaultException;
import org.springframework.vault.authentication.AppRoleAuthentication;
import org.springframework.vault.authentication.AppRoleAuthenticationOptions;
import org.springframework.vault.authentication.AppRoleAuthenticationOptions.RoleId;
import org.springframework.vault.authentication.AppRoleAuthenticationOptions.SecretId;
import org.springframework.vault.authentication.LifecycleAwareSessionManager;
import org.springframework.vault.authentication.LoginToken;
import org.springframework.vault.authentication.TokenAuthentication;
import org.springframework.vault.client.VaultClients;
import org.springframework.vault.client.VaultEndpoint;
import org.springframework.vault.core.VaultKeyValueOperationsSupport.KeyValueBackend;
import org.springframework.vault.core.VaultPkiOperations.Encoding;
import org.springframework.vault.core.VaultTemplate;
import org.springframework.vault.core.lease.SecretLeaseContainer;
import org.springframework.vault.core.lease.domain.RequestedSecret;
import org.springframework.vault.core.lease.event.SecretLeaseCreatedEvent;
import org.springframework.vault.support.Plaintext;
import org.springframework.vault.support.Policy;
import org.springframework.vault.support.VaultCertificateRequest;
import org.springframework.vault.support.VaultMount;
import org.springframework.vault.support.VaultTokenRequest;
import org.springframework.vault.support.VaultTransitKeyCreationRequest;
import org.springframework.vault.support.Versioned;
import org.springframework.vault.support.Versioned.Version;

/** Drives a vault server with Spring Vault, as an application would. Prints one line for each step that held. */
public class Story {
  interface Step {
    void run() throws Exception;
  }

  static final VaultEndpoint ENDPOINT = VaultEndpoint.from(URI.create(System.getenv("VAULT_ADDR")));
  static final VaultTemplate VAULT =
      new VaultTemplate(ENDPOINT, new TokenAuthentication(System.getenv("VAULT_TOKEN")));

  public static void main(String[] arguments) throws Exception {
    step("mounts", Story::mounts);
    step("policies", Story::policies);
    step("kv1", Story::kv1);
    step("kv2", Story::kv2);
    step("transit", Story::transit);
    step("certificates", Story::certificates);
    step("tokens", Story::tokens);
    step("wrapping", Story::wrapping);
    step("logins", Story::logins);
    step("leases", Story::leases);
  }

  static void mounts() {
    var sys = VAULT.opsForSys();
    equal(sys.isInitialized(), true);
    equal(sys.health().isSealed(), false);
    var options = Map.of("version", "1");
    sys.mount("one", VaultMount.builder().type("kv").options(options).description("plain").build());
    for (var type : List.of("pki", "transit")) sys.mount("my-" + type, VaultMount.create(type));
    equal(sys.getMounts().get("one/").getDescription(), "plain");
    sys.authMount("approle", VaultMount.create("approle"));
    equal(sys.getAuthMounts().get("approle/").getType(), "approle");
  }

  static void policies() {
    var rule = Policy.Rule.builder().path("one/*").capabilities("read", "update").build();
    VAULT.opsForSys().createOrUpdatePolicy("app", Policy.of(rule));
    equal(VAULT.opsForSys().getPolicy("app").getRules().size(), 1);
    equal(VAULT.opsForSys().getPolicy("none"), null);
  }

  static void kv1() {
    var kv = VAULT.opsForKeyValue("one", KeyValueBackend.KV_1);
    kv.put("app/db", Map.of("user", "a", "n", 7));
    equal(kv.get("app/db").getData(), Map.of("user", "a", "n", 7));
    equal(kv.list(""), List.of("app/"));
    kv.delete("app/db");
    equal(kv.get("app/db"), null);
  }

  static void kv2() {
    var kv = VAULT.opsForVersionedKeyValue("secret");
    equal(kv.put("app/db", Map.of("password", "one")).getVersion(), Version.from(1));
    kv.put("app/db", Versioned.create(Map.of("password", "two"), Version.from(1)));
    refuses(() -> kv.put("app/db", Versioned.create(Map.of("password", "three"), Version.from(1))));
    equal(kv.get("app/db", Version.from(1)).getRequiredData(), Map.of("password", "one"));
    kv.delete("app/db", Version.from(1));
    equal(kv.get("app/db", Version.from(1)).getRequiredMetadata().isDeleted(), true);
    kv.undelete("app/db", Version.from(1));
    kv.destroy("app/db", Version.from(1));
    equal(kv.get("app/db", Version.from(1)).getRequiredMetadata().isDestroyed(), true);
    equal(kv.opsForKeyValueMetadata().get("app/db").getCurrentVersion(), 2);
    equal(VAULT.opsForKeyValue("secret", KeyValueBackend.KV_2).patch("app/db", Map.of("user", "a")), true);
    equal(kv.get("app/db").getRequiredData(), Map.of("password", "two", "user", "a"));
  }

  static void transit() {
    var transit = VAULT.opsForTransit("my-transit");
    transit.createKey("orders");
    var sealed = transit.encrypt("orders", "hello");
    transit.rotate("orders");
    equal(transit.decrypt("orders", transit.rewrap("orders", sealed)), "hello");
    equal(transit.getKey("orders").getLatestVersion(), 2);
    var batch = transit.encrypt("orders", List.of(Plaintext.of("a"), Plaintext.of("b")));
    var both = batch.stream().map(result -> result.get()).toList();
    equal(transit.decrypt("orders", both).get(1).getAsString(), "b");
    transit.createKey("signing", VaultTransitKeyCreationRequest.ofKeyType("ed25519"));
    var signature = transit.sign("signing", Plaintext.of("x"));
    equal(transit.verify("signing", Plaintext.of("x"), signature), true);
    equal(transit.verify("signing", Plaintext.of("y"), signature), false);
    refuses(() -> transit.decrypt("orders", "vault:v1:AAAA"));
  }

  static void certificates() throws Exception {
    VAULT.write("my-pki/root/generate/internal", Map.of("common_name", "root.example.com", "ttl", "100h"));
    VAULT.write("my-pki/roles/web", Map.of("allowed_domains", "example.com", "allow_subdomains", true, "ttl", "1h"));
    var pki = VAULT.opsForPki("my-pki");
    var request = VaultCertificateRequest.builder().commonName("a.example.com").altNames(List.of("b.example.com")).build();
    var bundle = pki.issueCertificate("web", request).getRequiredData();
    equal(bundle.createKeyStore("web").size(), 1);
    var authority = pki.getIssuerCertificate("default").getRequiredData().getX509Certificate();
    bundle.getX509Certificate().verify(authority.getPublicKey());
    pki.revoke(bundle.getSerialNumber());
    equal(pki.getCrl(Encoding.DER).readAllBytes().length > 0, true);
  }

  static void tokens() {
    var tokens = VAULT.opsForToken();
    var made = tokens.create(VaultTokenRequest.builder().withPolicy("app").ttl(Duration.ofMinutes(5)).renewable().build());
    equal(tokens.renew(made.getToken()).getRequiredAuth().get("lease_duration"), 300);
    tokens.revoke(made.getToken());
    refuses(() -> tokens.renew(made.getToken()));
  }

  static void wrapping() {
    var wrapping = VAULT.opsForWrapping();
    var first = wrapping.wrap(Map.of("k", "v"), Duration.ofMinutes(1));
    equal(wrapping.lookup(first.getToken()).getPath(), "sys/wrapping/wrap");
    var second = wrapping.rewrap(first.getToken());
    equal(wrapping.read(second.getToken()).getData(), Map.of("k", "v"));
    equal(wrapping.read(second.getToken()), null);
  }

  static void logins() {
    VAULT.write("auth/approle/role/app", Map.of("token_policies", "app", "token_ttl", "20m"));
    var requests = new SimpleClientHttpRequestFactory();
    var root = new TokenAuthentication(System.getenv("VAULT_TOKEN")).login();
    var options = AppRoleAuthenticationOptions.builder().appRole("app").roleId(RoleId.pull(root)).secretId(SecretId.pull(root));
    var rest = VaultClients.createRestTemplate(ENDPOINT, requests);
    var authentication = new AppRoleAuthentication(options.build(), rest);
    equal(((LoginToken) authentication.login()).getLeaseDuration(), Duration.ofMinutes(20));
    var scheduler = scheduler();
    var session = new LifecycleAwareSessionManager(authentication, scheduler, rest);
    var application = new VaultTemplate(ENDPOINT, requests, session);
    VAULT.write("one/settings", Map.of("k", "v"));
    equal(application.read("one/settings").getData(), Map.of("k", "v"));
    equal(session.renewToken(), true);
    refuses(() -> application.read("secret/data/app/db"));
    session.destroy();
    scheduler.shutdown();
  }

  /** A secret that says how long it is good is fetched anew. */
  static void leases() throws Exception {
    VAULT.write("one/short", Map.of("k", "v", "ttl", "2s"));
    var scheduler = scheduler();
    var container = new SecretLeaseContainer(VAULT, scheduler);
    container.setMinRenewal(Duration.ofSeconds(1));
    container.setExpiryThreshold(Duration.ofSeconds(1));
    var fetched = new LinkedBlockingQueue<Object>();
    container.addLeaseListener(event -> {
      if (event instanceof SecretLeaseCreatedEvent created) fetched.add(created.getSecrets().get("k"));
    });
    container.afterPropertiesSet();
    container.addRequestedSecret(RequestedSecret.rotating("one/short"));
    container.start();
    equal(fetched.poll(20, TimeUnit.SECONDS), "v");
    VAULT.write("one/short", Map.of("k", "w", "ttl", "2s"));
    equal(fetched.poll(20, TimeUnit.SECONDS), "w");
    container.destroy();
    scheduler.shutdown();
  }

  static ThreadPoolTaskScheduler scheduler() {
    var scheduler = new ThreadPoolTaskScheduler();
    scheduler.initialize();
    return scheduler;
  }

  static void step(String name, Step step) throws Exception {
    step.run();
    System.out.println(name);
  }

  static void refuses(Step step) {
    try {
      step.run();
    } catch (VaultException refusal) {
      return;
    } catch (Exception other) {
      throw new AssertionError(other);
    }
    throw new AssertionError("was not refused");
  }

  static void equal(Object found, Object wanted) {
    if (!Objects.equals(found, wanted)) throw new AssertionError("found " + found + ", wanted " + wanted);
  }
}
