/**
 * One connection from a machine to a port of this computer: QEMU starts this for each, with the connection as its standard
 * input and output.
 */
import { connect } from "node:net";

const socket = connect(Number(process.argv[2]), "127.0.0.1");
socket.on("error", () => process.exit(1));
socket.on("close", () => process.exit(0));
process.stdin.pipe(socket);
socket.pipe(process.stdout);
