import { BlockList, isIP, Socket } from 'node:net';
import { connectHost } from '../../loopback/connect-host.ts';

/** Addresses that a server on the internet has no business with: this computer, its networks, and what is reserved. */
const privateAddresses = new BlockList();
for (const [address, prefix] of [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.0.0.0', 24],
	['192.168.0.0', 16],
	['198.18.0.0', 15],
	['224.0.0.0', 4],
	['240.0.0.0', 4],
] as const) {
	privateAddresses.addSubnet(address, prefix, 'ipv4');
}
for (const [address, prefix] of [
	['::', 127],
	['64:ff9b::', 96],
	['fc00::', 7],
	['fe80::', 10],
	['ff00::', 8],
] as const) {
	privateAddresses.addSubnet(address, prefix, 'ipv6');
}

/** An address of IPv6 has brackets in a URL only. */
const withoutBrackets = (host: string): string => host.replace(/^\[|\]$/g, '');

/** Returns true for addresses of this computer, of private networks, and reserved ones. */
export function isPrivateAddress(address: string): boolean {
	const bare = withoutBrackets(address);
	const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
	if (mapped !== undefined) return isPrivateAddress(mapped);
	const version = isIP(bare);
	// An IPv4 address in IPv6's hexadecimal form, and anything that is no address.
	if (version === 0 || /^::ffff:/i.test(bare)) return true;
	return privateAddresses.check(bare, version === 4 ? 'ipv4' : 'ipv6');
}

/** Returns true for names and addresses of this computer. */
export function isLoopbackHost(host: string): boolean {
	return /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

export interface ConnectionRules {
	/** The host that the person configured: whatever its address is. */
	readonly host: string;
	/** Whether the network is blocked; a server on this computer stays reachable. */
	readonly isBlocked: () => boolean;
}

/**
 * Lets this process connect only to the configured host, and to public addresses that it refers to, for a sign-in. A
 * server can't make it ask another computer of the user's network, not by a redirect, by what it says about its
 * sign-in, or by a name that resolves differently the second time: the address itself is checked, after the lookup.
 */
export function guardAddresses({ host: configured, isBlocked }: ConnectionRules): void {
	const original = Socket.prototype.connect;
	const mayBePrivate = (host: string): boolean =>
		withoutBrackets(host) === withoutBrackets(configured) || (isLoopbackHost(configured) && isLoopbackHost(host));
	Socket.prototype.connect = function guarded(this: Socket, ...args: unknown[]): Socket {
		const host = connectHost(args)?.toLowerCase() ?? null;
		const refuse = (why: string): void => {
			// One turn later, as Node itself reports a failed connect: by then the caller listens for the error.
			setImmediate(() => this.destroy(Object.assign(new Error(why), { code: 'ECONNECTREFUSED' })));
		};
		if (host !== null) {
			if (isBlocked() && !isLoopbackHost(host)) {
				refuse(`the network is blocked in Settings, so ${host} was not contacted`);
				return this;
			}
			if (!mayBePrivate(host)) {
				if (isLoopbackHost(host) || (isIP(withoutBrackets(host)) !== 0 && isPrivateAddress(host))) {
					refuse(`${host} is not on the internet, so it was not contacted`);
					return this;
				}
				this.on('lookup', (_error: Error | null, address: string) => {
					if (address && isPrivateAddress(address)) {
						this.destroy(new Error(`${host} is at ${address}, which is not on the internet, so it was not contacted`));
					}
				});
			}
		}
		return Reflect.apply(original, this, args) as Socket;
	} as typeof Socket.prototype.connect;
}
