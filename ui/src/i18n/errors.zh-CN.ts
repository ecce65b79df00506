/** Errors by code in 简体中文: what happened and what to do. A code that is missing here is shown as the backend words it. */
export const errorsZh: Record<string, { message: string; help: string }> = {
  'address-invalid': { message: '这不是端口，也不是地址。', help: '输入端口，例如 /dev/ttyACM0 或 COM3。' },
};
