import type { TerraformVariable } from "cdktf";

/**
 * How the engine's images are pulled from a registry that asks who is there. What is secret never reaches state:
 * provider blocks are not stored, and the variables are ephemeral, so plan files hold none of it either.
 */
export class RegistryAuth {
  /**
   * What `docker login` left on the machine that runs Terraform, credential helpers included.
   * @param address of the registry, `registry.example.com`
   * @param configFile path of the Docker client's config.json
   */
  public static configFile(address: string, configFile = "~/.docker/config.json"): RegistryAuth {
    // "" in words: else the provider prefers DOCKER_REGISTRY_USER and DOCKER_REGISTRY_PASS.
    return new RegistryAuth(address, { username: "", password: "", configFile });
  }

  /**
   * Terraform variables, set as `TF_VAR_<name>` when Terraform runs. They become sensitive and ephemeral, which
   * needs Terraform 1.10 or OpenTofu 1.11.
   */
  public static variables(
    address: string,
    variables: { readonly username: TerraformVariable; readonly password: TerraformVariable },
  ): RegistryAuth {
    for (const variable of [variables.username, variables.password]) {
      variable.addOverride("sensitive", true);
      variable.addOverride("ephemeral", true);
    }
    return new RegistryAuth(address, {
      username: variables.username.stringValue,
      password: variables.password.stringValue,
    });
  }

  private constructor(
    /** The registry's address. */
    public readonly address: string,
    /** The fields of the provider's `registry_auth` block beside the address. */
    public readonly fields: Readonly<Record<string, string>>,
  ) {}
}
