; What Glowjar adds to Tauri's installer for Windows (https://v2.tauri.app/distribute/windows-installer/#using-installer-hooks).
; The files of a program that runs can't be replaced or removed, so it is asked to end first. It puts everything away, which takes a
; moment. A command that waits for a token hears that the application ended, and ends as well.

!macro END_GLOWJAR
  nsExec::Exec 'taskkill /IM glowjar-app.exe'
  Pop $0
  ${If} $0 == 0
    Sleep 3000
  ${EndIf}
  nsExec::Exec 'taskkill /F /IM glowjar.exe'
  Pop $0
!macroend

!macro NSIS_HOOK_PREINSTALL
  !insertmacro END_GLOWJAR
!macroend

!macro NSIS_HOOK_POSTINSTALL
  ; The name under which Windows shows notices.
  WriteRegStr HKCU "Software\Classes\AppUserModelId\app.glowjar.Glowjar" "DisplayName" "Glowjar"
!macroend

!macro NSIS_HOOK_PREUNINSTALL
  !insertmacro END_GLOWJAR
!macroend

!macro NSIS_HOOK_POSTUNINSTALL
  DeleteRegKey HKCU "Software\Classes\AppUserModelId\app.glowjar.Glowjar"
  DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "Glowjar"
  DetailPrint "Your secrets are still in Windows' Credential Manager, under app.glowjar.Glowjar. Remove them there."
!macroend
