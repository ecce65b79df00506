import { betweenSentences } from './between.zh-CN';
import { cableSentences } from './cable.zh-CN';
import { commonSentences } from './common.zh-CN';
import { firmwareSentences } from './firmware.zh-CN';
import { lowerSentences } from './lower.zh-CN';
import { networkSentences } from './network.zh-CN';
import { serialSentences } from './serial.zh-CN';
import { translator } from './translator';

/** Every sentence of the doctor: English as the backend's source has it, with its holes, and 简体中文. */
export const sentencesZh: Record<string, string> = {
  ...lowerSentences,
  ...cableSentences,
  ...firmwareSentences,
  ...serialSentences,
  ...betweenSentences,
  ...networkSentences,
  ...commonSentences,
};

/** A report's text in 简体中文. */
export const toZh = translator(sentencesZh);
