import type { AppError } from '../../bindings/AppError';

const SENTENCES: Record<string, [message: string, help: string]> = {
  'address-invalid': ['This is no port and no address.', 'Type a port such as /dev/ttyACM0 or COM3.'],
  'no-port': ['There is no port /dev/ttyUSB9.', 'Plug the board in, or choose one from the list.'],
  'port-busy': ['/dev/ttyUSB0 is open in another program: Thonny (4112).', 'Close it there, then connect again.'],
  'permission-denied': ['You may not open /dev/ttyUSB0.', 'Add yourself to the group dialout and log in again.'],
  'program-running': ['A program is running on the board.', 'Stop it, then try again.'],
  'file-not-found': ['There is no such file.', 'List the files again.'],
  'file-exists': ['There is already a file of this name.', 'Choose another name, or replace it.'],
  'file-changed': ['The file was changed elsewhere.', 'Compare before you write over it.'],
  'disk-full': ['The board has no room for this file.', 'Delete something on the board, then save again.'],
  'not-a-folder': ['This is a file, not a folder.', 'List the files again.'],
  'no-answer': ['192.168.4.1 did not answer within 5 s.', 'Check the address, that the board is on, and that this computer is in the same network.'],
  'link-silent': ['192.168.4.1 stopped answering; nothing came through for 20 s.', 'Check the board’s power and its Wi-Fi; it is connected again by itself once it answers.'],
  'key-store-unavailable': ['The key store of this system could not be used.', 'Unlock it, or give the password when you are asked for it.'],
  lost: ['The board was unplugged.', 'Plug it in again.'],
  cancelled: ['Cancelled.', ''],
  closed: ['The board is not open.', 'Connect it first.'],
};

/** An error as the backend would word it. */
export function fault(code: string, detail = ''): AppError {
  const [message, help] = SENTENCES[code] ?? [`Something went wrong (${code}).`, 'Try again.'];
  return { code, message, help, detail };
}
