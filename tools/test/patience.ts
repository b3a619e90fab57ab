/** Loaded before every test (bunfig.toml): a machine under load gets 20 seconds a test instead of five. */
import { setDefaultTimeout } from "bun:test";

setDefaultTimeout(20_000);
